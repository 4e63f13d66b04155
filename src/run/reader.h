/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_READER_H
#define RUN_READER_H

#include "base/err.h"
#include "capture/merge.h"
#include "capture/opener.h"
#include "run/pipeline.h"
#include "run/read.h"
#include "run/tally.h"

/* Bytes of files; a total of 0 is not known. */
struct reader_progress {
	uint64_t done, total;
};

/*
 * From capture files to observations: everything of "stripwatch read" that sees wire
 * bytes. It runs where the judge is, or in processes of their own (parser.h).
 *
 * Files make stretches: between two of them no file has a frame for longer than anything is
 * remembered. No connection crosses such a silence, so each stretch is read as if there were
 * no other, and what is open at its end has ended with the capture.
 */
struct reader {
	const struct read_settings *settings;
	const struct ports *ports;
	const struct opener *opener;	/* NULL: files are opened here */
	observation_take *take;
	void (*advance)(void *ctx, int64_t now_ns);	/* packet time, behind each frame */
	bool (*go_on)(void *ctx);	/* asked before each frame */
	void (*wait)(void *ctx, const int *fds, size_t count);	/* until one can be read, or
								 * for a moment */
	merge_fault *fault;		/* of a file: a person is to know of it */
	void (*progress)(void *ctx, const struct reader_progress *so_far);
	void *ctx;
	const struct evidence_limits *evidence;	/* NULL: no packets are kept */
	void (*keep)(void *ctx, struct span piece);	/* of the one's file that is kept */
};

/*
 * A share of the work, where several readers have part in it: stretches from the first file
 * on, up to the first silence in front of the file at `until`, or of one behind it.
 */
struct reader_share {
	const struct merge_beginning *due;	/* in the order of time */
	size_t count, until;
	/* instead of these: told where all files begin; the share is then the first */
	void (*learn)(void *ctx, const struct merge_beginning *due, size_t count);
};

enum { READER_SHARE_BYTES = 16 << 20 };	/* a default: more than a process costs */

/*
 * Where another share may begin, behind that place: a file that begins a silence later than
 * the one before it, with enough to read since the share before. count when nowhere.
 */
size_t reader_next_share(const struct read_settings *s, const struct merge_beginning *due,
    size_t count, size_t behind);

/* What is known at the end, beside the counters. */
struct reader_end {
	int64_t last_ns;		/* of the last frame, in packet time */
	uint64_t files_unread;
	uint64_t next_file;		/* where the next share begins; file_count: nowhere */
};

/*
 * Read all files, or a share, until their end, an interrupt, or go_on() says no; end every
 * connection. Faults of files are told as they come up. 0
 * with *end_r filled and counters added, or -1 with *e set when it cannot begin.
 */
int reader_run(const struct reader *r, const struct reader_share *share,
    struct reader_end *end_r, struct tally *counters, struct err *e);

/* What can be found wrong before anything is read: the filter. 0, or -1 with *e set. */
int reader_check(const struct read_settings *s, struct err *e);

/* Files of one tap share its index, whatever their order. */
uint8_t reader_tap(const struct read_settings *s, size_t file);

#endif
