/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/pipeline.h"

#include <stdlib.h>

#include "base/clock.h"

struct pipeline {
	const struct ports *ports;
	struct fragments *fragments;
	struct evidence *evidence;	/* NULL: nothing is kept */
	struct sessions *sessions;
	struct stream *stream;
	uint64_t frames, decoded[DECODE_RESULTS], other_port;
};

struct pipeline_limits
pipeline_limits_of(const struct settings *s)
{
	const struct settings_limits *l = &s->limits;

	return (struct pipeline_limits){
		.fragments.datagrams_max = l->datagrams,
		.fragments.bytes_max = l->datagrams * FRAGMENTS_BYTES_OF_A_DATAGRAM,
		.fragments.age_ns = (int64_t)l->datagram_age_s * CLOCK_SECOND_NS,
		.stream.any_vlan = !s->vlan_track,
		.stream.established_max = l->connections,
		.stream.shunted_max = l->shunted,
		.stream.half_open_max = l->half_open != 0 ? l->half_open :
		    (l->connections + 1) / 2,
		.stream.established_idle_ns = (int64_t)l->idle_s * CLOCK_SECOND_NS,
		.stream.half_open_idle_ns = (int64_t)l->half_open_idle_s * CLOCK_SECOND_NS,
		.stream.early_max = l->early_bytes,
		.stream.early_connection_max = l->early_connection_bytes,
		.stream.held_max = l->held_bytes,
		.stream.blocks_max = l->blocks,
		.kept_max = l->kept_bytes,
	};
}

static int64_t
longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t
pipeline_memory_ns(const struct pipeline_limits *limits)
{
	const int64_t fragments_ns = fragments_memory_ns(&limits->fragments);

	return longer(fragments_ns, stream_memory_ns(&limits->stream));
}

struct pipeline *
pipeline_new(const struct ports *ports, const struct pipeline_limits *limits,
    observation_take *take, void *ctx, struct err *e)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	struct stream_listener listener;

	if (p == NULL) {
		err_set_errno(e, "pipeline");
		return NULL;
	}
	p->ports = ports;
	p->fragments = fragments_new(&limits->fragments, e);
	if (p->fragments != NULL)
		p->sessions = sessions_new(limits->kept_max, take, ctx, e);
	if (p->sessions != NULL && limits->evidence.connection_bytes > 0 &&
	    (p->evidence = evidence_new(&limits->evidence, e)) == NULL)
		sessions_free(&p->sessions);
	if (p->sessions != NULL) {
		sessions_keep_evidence(p->sessions, p->evidence);
		listener = sessions_listener(p->sessions);
		p->stream = stream_new(&limits->stream, &listener, e);
	}
	if (p->stream == NULL)
		pipeline_free(&p);
	return p;
}

enum decode_result
pipeline_frame(struct pipeline *p, const struct frame *frame)
{
	struct segment segment;
	enum decode_result result = fragments_decode(p->fragments, frame, &segment);

	p->frames++;
	p->decoded[result]++;
	if (result != DECODE_SEGMENT)
		return result;
	if (!ports_hold(p->ports, segment.port[0]) && !ports_hold(p->ports, segment.port[1])) {
		p->other_port++;
		return result;
	}
	if (p->evidence != NULL)
		evidence_frame(p->evidence, frame, &segment);
	stream_segment(p->stream, &segment);
	return result;
}

void
pipeline_pass_time(struct pipeline *p, int64_t now_ns)
{
	stream_pass_time(p->stream, now_ns);
}

void
pipeline_lose_sight(struct pipeline *p)
{
	stream_lose_sight(p->stream);
}

void
pipeline_finish(struct pipeline *p)
{
	stream_finish(p->stream);
}

struct evidence *
pipeline_evidence(struct pipeline *p)
{
	return p->evidence;
}

void
pipeline_counters(const struct pipeline *p, counter_visit *visit, void *ctx)
{
	visit(ctx, "capture.received", p->frames);
	for (int r = 0; r < DECODE_RESULTS; r++)
		visit(ctx, decode_result_name((enum decode_result)r), p->decoded[r]);
	visit(ctx, "decode.other_port", p->other_port);
	fragments_counters(p->fragments, visit, ctx);
	stream_counters(p->stream, visit, ctx);
	sessions_counters(p->sessions, visit, ctx);
	if (p->evidence != NULL)
		evidence_counters(p->evidence, visit, ctx);
}

void
pipeline_free(struct pipeline **p)
{
	if (*p == NULL)
		return;
	stream_free(&(*p)->stream);
	sessions_free(&(*p)->sessions);
	evidence_free(&(*p)->evidence);
	fragments_free(&(*p)->fragments);
	free(*p);
	*p = NULL;
}
