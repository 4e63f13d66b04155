/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PARSER_H
#define RUN_PARSER_H

#include <sys/types.h>

#include "run/reader.h"

/*
 * reader_run() in a process that is locked in before it reads the first byte: it asks for
 * files, one by one, and tells what it observes. What it says is believed as little as what
 * a file says.
 */
struct parser {
	pid_t pid;
	int channel;
};

/* Before each observation of a MESSAGE_OBSERVATION. */
struct parser_batch_head {
	int64_t now_ns;		/* packet time until which the judge is to go before it */
	uint32_t bytes;
};

/* The body of its MESSAGE_END. */
struct parser_farewell {
	struct reader_end end;
	uint32_t failed;	/* it could not begin; the text says why */
	char why[sizeof(((struct err *)NULL)->text)];
};

/*
 * Start it with this share of the work, or all of it: NULL. One whose share is empty tells
 * first where the files begin (MESSAGE_BEGINNINGS), where others can begin with them. Of r,
 * only what is to be read is used. 0, or -1 with *e set.
 */
int parser_start(struct parser *p, const struct reader *r, const struct reader_share *share,
    struct err *e);

/* Wait for its end, which came by itself or comes now. Returns what waitpid(2) said. */
int parser_see_off(struct parser *p, bool now);

#endif
