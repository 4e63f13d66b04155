/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_SPOOL_H
#define SINK_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "words/event_line.h"

/*
 * A bounded file in which events wait for an output that is down. They come out in
 * the order in which they went in. The file outlives the program, and a program that
 * dies in the middle of a write: the event that was being written is then missing, and
 * nothing else. docs/outputs.md describes the file.
 *
 * Where an event ends is told as a position: it grows from event to event, and is
 * never 0. What is done is told by it: everything up to there has been delivered.
 */
struct spool;

/* From this size of the waiting events on only alerts are taken: an eighth is theirs. */
#define SPOOL_BYTES_MIN UINT64_C(4096)

enum spool_result { SPOOL_FAILED = -1, SPOOL_NOTHING = 0, SPOOL_OK = 1 };

/*
 * Open it, or make it. NULL with *e set: it cannot be had, another process uses it,
 * or it is damaged, in which case it is left as it is.
 */
struct spool *spool_open(const char *path, uint64_t bytes_max, struct err *e);

/*
 * Put one behind the last. SPOOL_NOTHING when it is full, SPOOL_FAILED with *e set
 * when it cannot be written; it is then as it was before.
 */
enum spool_result spool_add(struct spool *s, const struct event_line *line, struct err *e);

/*
 * The next one that was not read yet; its text is valid until the next call.
 * SPOOL_NOTHING after the last one, SPOOL_FAILED with *e set when it cannot be read.
 */
enum spool_result spool_next(struct spool *s, struct event_line *line_r, uint64_t *end_r,
    struct err *e);

/*
 * Everything before that position has been delivered, which is so many events more.
 * -1 with *e set: they may come again after a restart.
 */
int spool_done(struct spool *s, uint64_t end, uint64_t count, struct err *e);

/* Where the last one that was added ends. */
uint64_t spool_end(const struct spool *s);

/* Go past everything that is in it: whoever added it has it in memory as well. */
void spool_skip(struct spool *s);

/* Events that are not done. */
uint64_t spool_count(const struct spool *s);

/* Events that an earlier program did not finish writing. */
uint64_t spool_torn(const struct spool *s);

void spool_free(struct spool **s);

#endif
