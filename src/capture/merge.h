/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_MERGE_H
#define CAPTURE_MERGE_H

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

/* 1 with the next frame in packet time, 0 at the end of all inputs. */
int merge_next(struct merge *m, struct frame *frame_r);

/* Bytes read so far and in all files together (0 when unknown, as for standard input). */
void merge_progress(const struct merge *m, uint64_t *done_bytes_r,
    uint64_t *total_bytes_r);

/* Number of files that were not read whole. */
size_t merge_fault_count(const struct merge *m);

void merge_free(struct merge **m);

#endif
