/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TRANSCRIPT_H
#define TESTS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/buffer.h"
#include "words/side.h"

/*
 * Conversations written down as text, with what is to be known of them at the
 * end: rows of tests/transcripts/NAME.txt, whose README.md tells the format.
 */

enum step_kind { STEP_BYTES, STEP_CONFLICT, STEP_STRANGER, STEP_GAP, STEP_WAIT,
	STEP_FIN, STEP_RST, STEP_IDLE, STEP_CUT_OFF };

/* How lines end; what is in a message body keeps its CRLF. */
enum line_end { LINE_CRLF, LINE_LF, LINE_ENDS };

struct step {
	enum step_kind kind;
	enum side from;
	struct buffer bytes[LINE_ENDS];	/* one segment, written both ways */
	uint64_t count;			/* bytes of a gap */
	int64_t wait_ns;
};

/* "offered=true" */
struct want {
	char *key, *value;
	unsigned line;
};

struct row {
	char *name;
	const char *file;
	unsigned line;
	const char *dialect;		/* whose file it is */
	bool is_piece;			/* "@name": not played, other rows are made of it */
	uint16_t port;			/* of the server */
	bool mid_stream;		/* the capture began under way */
	bool one_way;			/* the tap hears one side only: */
	enum side heard;
	bool crlf_only;			/* means something else with bare LF */
	struct step *steps;
	size_t step_count;
	struct want *wants;
	size_t want_count;
};

struct transcript {
	char *file, *dialect;
	struct row *rows;
	size_t count;
};

/* Read a file; NULL, with FILE:LINE and what is wrong on standard error, when it cannot be. */
struct transcript *transcript_read(const char *path);

/* What the row wants of that key, or NULL. */
const char *row_wants(const struct row *row, const char *key);

void transcript_free(struct transcript **t);

#endif
