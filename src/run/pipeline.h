/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include "base/counter.h"
#include "base/err.h"
#include "decode/fragments.h"
#include "run/ports.h"
#include "run/settings.h"
#include "session/session.h"
#include "stream/stream.h"
#include "words/frame.h"

/*
 * The way of a byte, from a frame to an observation: decode, stream, session. The
 * only file that knows both ends.
 */
struct pipeline;

struct pipeline_limits {
	struct fragments_limits fragments;
	struct stream_limits stream;
	size_t kept_max;	/* sessions_new() */
	struct evidence_limits evidence;	/* connection_bytes 0: none is kept */
};

/* As operators set them; what else there is follows from that. */
struct pipeline_limits pipeline_limits_of(const struct settings *s);

/* What came longer ago than this has no part any more in what comes now, in packet time. */
int64_t pipeline_memory_ns(const struct pipeline_limits *limits);

/* ports are borrowed; every observation goes to take(). NULL with *e set. */
struct pipeline *pipeline_new(const struct ports *ports, const struct pipeline_limits *limits,
    observation_take *take, void *ctx, struct err *e);

/*
 * Up to PIPELINE_AHEAD frames that pipeline_next() will take, one after the other, and all of
 * them before the next are expected; their bytes stay borrowed until then. Where there are many
 * connections each packet waits for memory: together they wait once.
 */
enum { PIPELINE_AHEAD = 16 };
void pipeline_expect(struct pipeline *p, const struct frame *frames, size_t count);

/* What decoding said of it: whoever knows the file may tell of some answers. */
enum decode_result pipeline_next(struct pipeline *p);

/* Both for one frame. */
enum decode_result pipeline_frame(struct pipeline *p, const struct frame *frame);

/* See stream_pass_time() and stream_lose_sight(). */
void pipeline_pass_time(struct pipeline *p, int64_t now_ns);
void pipeline_lose_sight(struct pipeline *p);

/* End of input: end every connection. */
void pipeline_finish(struct pipeline *p);

/* The packets that are kept, or NULL. */
struct evidence *pipeline_evidence(struct pipeline *p);

/* Visit the counters of every room on the way. */
void pipeline_counters(const struct pipeline *p, counter_visit *visit, void *ctx);

void pipeline_free(struct pipeline **p);

#endif
