/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_SPOOL_FORMAT_H
#define SINK_SPOOL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/event_line.h"

/*
 * The bytes of a spool; all numbers are big-endian. A head of 64 bytes:
 *
 *	16	"stripwatch-spool"
 *	8	version, 1
 *	20 x 2	two marks: turn (4), position up to which all is done (8), check sum (8)
 *
 * The mark with the later turn counts; they are written in turns, so that one of them
 * is always whole. Then events, each with a head of 32 bytes:
 *
 *	4	length of the text
 *	1 1 1 1	type, format, severity, nothing
 *	8	time
 *	8	check sum of the text
 *	8	check sum of these 24 bytes
 *
 * The head has a check sum of its own, so that a length that is wrong is not taken for
 * an event that was not finished.
 */
enum {
	SPOOL_HEAD_SIZE = 64,
	SPOOL_MARK_SIZE = 20,
	SPOOL_EVENT_HEAD_SIZE = 32,
	SPOOL_TEXT_MAX = 1 << 20,	/* bytes of one event */
};

struct spool_mark {
	uint32_t turn;
	uint64_t position;
};

/* Where the mark of that turn stands in the file. */
static inline size_t
spool_mark_place(uint32_t turn)
{
	return 24 + SPOOL_MARK_SIZE * (turn % 2);
}

void spool_write_mark(uint8_t dst_r[SPOOL_MARK_SIZE], const struct spool_mark *mark);

/* A head in which nothing is done. */
void spool_write_head(uint8_t dst_r[SPOOL_HEAD_SIZE]);

/* False when the bytes are no head of a spool of this version, or both marks are damaged. */
bool spool_read_head(struct span head, struct spool_mark *mark_r);

void spool_write_event(uint8_t dst_r[SPOOL_EVENT_HEAD_SIZE], const struct event_line *line);

/*
 * What the bytes begin with: SPOOL_EVENT_WHOLE (text borrowed from them, *used_r its size),
 * UNFINISHED (they end too early, or with this event, of which the text is not what was to
 * be written, or there are only zeros: what a power failure may leave behind), or DAMAGED.
 */
enum spool_event { SPOOL_EVENT_DAMAGED, SPOOL_EVENT_UNFINISHED, SPOOL_EVENT_WHOLE };

enum spool_event spool_read_event(struct span bytes, struct event_line *line_r, size_t *used_r);

#endif
