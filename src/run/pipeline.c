/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/pipeline.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"

/* A frame that was decoded ahead of time, as far as nothing but itself is needed for that. */
struct expected {
	const struct frame *frame;
	enum decode_result result;
	struct segment segment;
	struct fragment fragment;
};

struct pipeline {
	const struct ports *ports;
	struct fragments *fragments;
	struct evidence *evidence;	/* NULL: nothing is kept */
	struct sessions *sessions;
	struct stream *stream;
	uint64_t frames, decoded[DECODE_RESULTS], other_port;
	struct expected expected[PIPELINE_AHEAD];
	size_t expected_count, next;
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

/* Is it looked at, by its ports? */
static bool
is_watched(const struct pipeline *p, const struct segment *s)
{
	return ports_hold(p->ports, s->port[0]) || ports_hold(p->ports, s->port[1]);
}

void
pipeline_expect(struct pipeline *p, const struct frame *frames, size_t count)
{
	struct segment *segments[PIPELINE_AHEAD];
	size_t n = 0;

	assert(p->next == p->expected_count && count <= PIPELINE_AHEAD);
	for (size_t i = 0; i < count; i++) {
		struct expected *x = &p->expected[i];

		x->frame = &frames[i];
		x->result = decode_frame(x->frame, &x->segment, &x->fragment);
		if (x->result == DECODE_SEGMENT && is_watched(p, &x->segment))
			segments[n++] = &x->segment;
	}
	p->next = 0;
	p->expected_count = count;
	/* of one alone nothing is gained */
	if (n > 1)
		stream_expect(p->stream, segments, n);
}

enum decode_result
pipeline_next(struct pipeline *p)
{
	struct expected *x = &p->expected[p->next++];
	struct segment *segment = &x->segment;
	enum decode_result result = fragments_take(p->fragments, x->result, segment,
	    &x->fragment);

	p->frames++;
	p->decoded[result]++;
	if (result != DECODE_SEGMENT)
		return result;
	if (!is_watched(p, segment)) {
		p->other_port++;
		return result;
	}
	if (p->evidence != NULL)
		evidence_frame(p->evidence, x->frame, segment);
	stream_segment(p->stream, segment);
	return result;
}

enum decode_result
pipeline_frame(struct pipeline *p, const struct frame *frame)
{
	pipeline_expect(p, frame, 1);
	return pipeline_next(p);
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
