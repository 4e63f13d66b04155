/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_MERGE_H
#define CAPTURE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/opener.h"
#include "words/frame.h"

/*
 * Many capture files as one stream of frames in packet time. A file is opened
 * when its first frame is due and closed at its end, so thousands of them need
 * few descriptors. Frames of equal time keep the order of the files.
 */
struct merge;

struct merge_input {
	const char *path;	/* borrowed; must outlive the merge */
	uint8_t tap;
	const struct opener *opener;	/* borrowed; NULL: opened by its path */
};

/* Called for every file that could not be read, or not to its end; reading goes on. */
typedef void merge_fault(void *ctx, const struct err *e);

/* Raise the soft limit on descriptors, where it may not be enough for so many files. */
void merge_allow_descriptors(size_t count);

/*
 * filter is a pcap-filter(7) expression or NULL, borrowed like the paths; each
 * file compiles it for its own link type. NULL with *e set when the
 * filter does not compile or memory is short; an unreadable file is not an
 * error here, it goes to fault().
 */
struct merge *merge_new(const struct merge_input *inputs, size_t count,
    const char *filter, merge_fault *fault, void *ctx, struct err *e);

/* Where one of the inputs begins. */
struct merge_beginning {
	int64_t at_ns;		/* of its first frame */
	size_t index;
	uint64_t bytes;		/* of the file */
};

/* Of equal time the one with the smaller index is. */
bool merge_is_due_before(const struct merge_beginning *a, const struct merge_beginning *b);

/*
 * All of them in the order in which they are due, before anything was read: beginnings_r has
 * room for each input. How many can be read; 0 where one gives its bytes only once, so that
 * nobody else could begin with it.
 */
size_t merge_beginnings(const struct merge *m, struct merge_beginning *beginnings_r);

/*
 * A merge by somebody who was told so: of the inputs in due alone. Opens nothing before it
 * is due, and so names no fault of the others.
 */
struct merge *merge_begin(const struct merge_input *inputs, size_t count,
    const struct merge_beginning *due, size_t due_count, const char *filter,
    merge_fault *fault, void *ctx, struct err *e);

/* Answer with MERGE_SILENCE where a file begins more than that behind all that came before. */
void merge_tell_silence(struct merge *m, int64_t longer_than_ns);

enum { MERGE_END = 0, MERGE_FRAME = 1, MERGE_SILENCE = 2 };

/*
 * MERGE_FRAME with the next frame in packet time, MERGE_END behind the last of all inputs.
 * MERGE_SILENCE, where that is told, once between two of them: every file that was
 * begun is through.
 */
int merge_next(struct merge *m, struct frame *frame_r);

/*
 * Up to max frames that come next, as far as they can be had while the one that merge_next()
 * gave stays borrowed, and all of these with it: how many. They end where bytes must be read,
 * a file be opened or closed, or a fault be told.
 */
size_t merge_next_beside(struct merge *m, struct frame *frames_r, size_t max);

/* The input that is due next, or the number of inputs when all are through. */
size_t merge_due(const struct merge *m);

/* Bytes read so far and in all files together (0 when unknown, as for standard input). */
void merge_progress(const struct merge *m, uint64_t *done_bytes_r,
    uint64_t *total_bytes_r);

/* Number of files that were not read whole. */
size_t merge_fault_count(const struct merge *m);

void merge_free(struct merge **m);

#endif
