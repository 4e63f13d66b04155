/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_READER_H
#define RUN_READER_H

#include "base/err.h"
#include "capture/opener.h"
#include "run/pipeline.h"
#include "run/read.h"
#include "run/tally.h"

/*
 * From capture files to observations: everything of "stripwatch read" that sees wire
 * bytes. It runs where the judge is, or in a process of its own (parser.h).
 */
struct reader {
	const struct read_settings *settings;
	const struct ports *ports;
	const struct opener *opener;	/* NULL: files are opened here */
	observation_take *take;
	void (*advance)(void *ctx, int64_t now_ns);	/* packet time, behind each frame */
	bool (*go_on)(void *ctx);	/* asked before each frame */
	void (*wait)(void *ctx, int fd);	/* until that can be read, or for a moment */
	void *ctx;
	const struct evidence_limits *evidence;	/* NULL: no packets are kept */
	void (*keep)(void *ctx, struct span piece);	/* of the one's file that is kept */
};

/* What is known at the end, beside the counters. */
struct reader_end {
	int64_t last_ns;		/* of the last frame, in packet time */
	uint64_t files_unread;
};

/*
 * Read all files until their end, an interrupt, or go_on() says no; end every connection.
 * Faults of files go to standard error as they come up. 0 with *end_r filled and counters
 * added, or -1 with *e set when it cannot begin.
 */
int reader_run(const struct reader *r, struct reader_end *end_r, struct tally *counters,
    struct err *e);

/* What can be found wrong before anything is read: the filter. 0, or -1 with *e set. */
int reader_check(const struct read_settings *s, struct err *e);

/* Files of one tap share its index, whatever their order. */
uint8_t reader_tap(const struct read_settings *s, size_t file);

#endif
