/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_EVIDENCE_STORE_H
#define SENSOR_EVIDENCE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/span.h"

/*
 * Where evidence lies: DIRECTORY/alerts/FLOW.pcap, readable to its owner alone. A file
 * appears whole, or not at all. Nothing outside of that folder is ever touched, and
 * nothing in it that has not such a name. What is too old goes, and when all of them are
 * too large, the oldest.
 */
struct evidence_store;

struct evidence_store_limits {
	uint64_t bytes_max;
	int64_t age_max_s;
};

/* The folder of files in the directory, as alerts name it. */
#define EVIDENCE_FOLDER "alerts"

/*
 * Opens the folder, and makes it if need be. NULL with *e set when that cannot be, or when
 * nothing could be written there; where another
 * process had it before (resumed) that is told, and whatever comes is counted as not saved.
 */
struct evidence_store *evidence_store_open(const char *directory,
    const struct evidence_store_limits *limits, bool resumed, struct err *e);

/* A piece of a file (run/evidence_piece.h). What fails is counted, and told once. */
void evidence_store_take(struct evidence_store *s, struct span body);

/* Remove what is too old, or too much; to be called now and then. */
void evidence_store_tidy(struct evidence_store *s);

void evidence_store_close(struct evidence_store **s);

/* Visit "evidence.saved", ".not_saved", ".removed" and ".files_bytes". */
void evidence_store_counters(const struct evidence_store *s, counter_visit *visit, void *ctx);

#endif
