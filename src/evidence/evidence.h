/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "decode/segment.h"
#include "evidence/masked.h"
#include "words/flow.h"
#include "words/frame.h"

/*
 * The first packets of every connection, for whoever wants to see what an alert speaks of.
 * They are kept while there is room: then handshakes go that take more than a part of it, the
 * connections that ended first, and at last those that began first.
 */
struct evidence;

enum { EVIDENCE_BYTES_DEFAULT = 64 << 10, EVIDENCE_ALL_DEFAULT = 64 << 20 };

struct evidence_limits {
	size_t connection_bytes;	/* of packets, of each connection */
	size_t all_bytes;		/* of memory, of all */
	uint64_t only;			/* this connection, by its identifier; 0: each */
};

/* NULL with *e set when memory is short. */
struct evidence *evidence_new(const struct evidence_limits *limits, struct err *e);

/*
 * What segments come from now on lies in this frame, if it lies in one; first is the one
 * that was read there. A SYN may come again later, when it is known what it began.
 */
void evidence_frame(struct evidence *v, const struct frame *frame, const struct segment *first);

/* A segment of a connection, whose place is NULL before the first. */
void evidence_segment(struct evidence *v, void **place, const struct flow *flow,
    enum side from, const struct segment *segment);

/* It was established, and is known by that identifier from now on. */
void evidence_established(struct evidence *v, void *place, const struct flow *flow);

/*
 * Where to say what may be written of either side's bytes, or NULL when nothing is kept;
 * good until the connection has ended.
 */
struct masked *evidence_masked(void *place);

/* That side's bytes begin with this number, if it was not known before. */
void evidence_begins(void *place, enum side from, uint32_t seq);

/* Nobody reads what comes from now on. */
void evidence_cut(void *place);

/* The connection has ended: keep what is kept, or forget it. Empties the place. */
void evidence_close(struct evidence *v, void **place);
void evidence_drop(struct evidence *v, void **place);

/* Somebody wants the connection of that identifier, now and again when it has ended. */
void evidence_ask(struct evidence *v, uint64_t flow_id);

/* The identifier of one that was asked for, each time when it is due; 0: none is. */
uint64_t evidence_due(struct evidence *v);

/* Its capture file, to be freed; an empty span when nothing is kept of it. */
struct span evidence_write(const struct evidence *v, uint64_t flow_id);

/* Visit "evidence.*" counters. */
void evidence_counters(const struct evidence *v, counter_visit *visit, void *ctx);

void evidence_free(struct evidence **v);

#endif
