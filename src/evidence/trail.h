/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_TRAIL_H
#define EVIDENCE_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "decode/segment.h"
#include "evidence/masked.h"
#include "words/frame.h"
#include "words/side.h"

/*
 * The packets of one connection, as they came, and what may be written of their bytes. What
 * leaves is a capture file in which the payload of every packet was put through masked.h:
 * no byte of it is another than one that was shown, whichever packet repeats it.
 */
struct trail {
	struct list_link link;
	struct list *in;
	uint64_t flow_id;
	void **place;			/* of its connection, or NULL when that has ended */
	struct masked masked[2];	/* by side */
	bool begun[2];
	uint32_t first[2];		/* number of the first byte, once begun */
	uint8_t *frames;		/* records: trail.c */
	size_t n, size, max;
	size_t accounted;		/* bytes, by whoever keeps account */
	int link_type;
	bool cut;			/* no more payload: nobody reads it */
	bool asked;
};

/* Take a packet, if it is to be kept; the segment must lie in that frame. */
void trail_add(struct trail *t, const struct frame *frame, enum side from,
    const struct segment *segment);

/* Memory that it takes, beside itself. */
size_t trail_bytes(const struct trail *t);

/* Forget all packets, and keep no more. */
void trail_clear(struct trail *t);

/*
 * The capture file (pcap, nanoseconds), to be freed, or an empty span when there are no
 * packets or memory is short.
 */
struct span trail_write(const struct trail *t);

#endif
