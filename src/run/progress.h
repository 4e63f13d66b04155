/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A bar on standard error for long reads: after a second, at most five times a second. */
struct progress {
	bool on, shown;
	struct timespec next;
	unsigned skip;
};

/* on: standard error is a terminal and somebody may watch it. */
void progress_start(struct progress *p, bool on);

/* Tell how far the reading is; cheap enough for every frame. */
bool progress_due(struct progress *p);
void progress_show(struct progress *p, uint64_t done_bytes, uint64_t total_bytes);

/* Wipe the bar, so that a message can be written. */
void progress_clear(struct progress *p);

#endif
