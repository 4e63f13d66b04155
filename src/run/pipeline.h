/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include "base/counter.h"
#include "base/err.h"
#include "decode/fragments.h"
#include "judge/judge.h"
#include "run/ports.h"
#include "stream/stream.h"
#include "words/frame.h"

/*
 * The way of a byte, from a frame to the judge: decode, stream, session,
 * observation. The only file that knows both ends.
 */
struct pipeline;

struct pipeline_limits {
	struct fragments_limits fragments;
	struct stream_limits stream;
	bool ignore_vlans;	/* they do not tell connections apart here, and are not told */
};

/* ports and judge are borrowed. NULL with *e set. */
struct pipeline *pipeline_new(const struct ports *ports, const struct pipeline_limits *limits,
    struct judge *judge, struct err *e);

void pipeline_frame(struct pipeline *p, const struct frame *frame);

/*
 * End of input: end every connection, then let the judge look back. 0, or -1 with *e set
 * when the judge could not.
 */
int pipeline_finish(struct pipeline *p, struct err *e);

/* Visit the counters of every room on the way. */
void pipeline_counters(const struct pipeline *p, counter_visit *visit, void *ctx);

void pipeline_free(struct pipeline **p);

#endif
