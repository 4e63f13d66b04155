/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/trail.h"

enum {
	DUE_MAX = 64,
	SYNS_MAX = 256,		/* that are remembered, while their ports are still in use */
	SYN_BYTES_MAX = 192,	/* longer frames are not */
	BEGUN_PART = 4,		/* of the memory, that handshakes may take from others */
};

/* A frame with a SYN, and the segment in it. */
struct syn {
	struct frame frame;
	struct segment segment;
	uint8_t bytes[SYN_BYTES_MAX];
};

struct evidence {
	struct evidence_limits limits;
	const struct frame *frame;	/* that is being read */
	struct list begun, open, ended;	/* handshakes, connections, and those that are no more */
	size_t bytes, begun_bytes;	/* of all, and of handshakes */
	uint64_t given_up, unkept, not_due;
	uint64_t due[DUE_MAX];		/* a ring */
	unsigned due_first, due_count;
	struct syn syns[SYNS_MAX];	/* a ring */
	unsigned syn_count;
};

struct evidence *
evidence_new(const struct evidence_limits *limits, struct err *e)
{
	struct evidence *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		err_set_errno(e, "evidence");
		return NULL;
	}
	v->limits = *limits;
	return v;
}

/* The same bytes elsewhere. */
static struct span
moved(struct span part, struct span from, const uint8_t *to)
{
	const uintptr_t begin = (uintptr_t)from.p, at = (uintptr_t)part.p;

	return at >= begin && at - begin <= from.n && part.n <= from.n - (at - begin) ?
	    span_of(to + (at - begin), part.n) : span_of(to, 0);
}

static void
remember(struct evidence *v, const struct frame *frame, const struct segment *segment)
{
	struct syn *syn = &v->syns[v->syn_count % SYNS_MAX];

	if (frame->bytes.n > SYN_BYTES_MAX)
		return;
	v->syn_count++;
	memcpy(syn->bytes, frame->bytes.p, frame->bytes.n);
	syn->frame = *frame;
	syn->frame.bytes.p = syn->bytes;
	syn->segment = *segment;
	syn->segment.payload = moved(segment->payload, frame->bytes, syn->bytes);
	syn->segment.summed = moved(segment->summed, frame->bytes, syn->bytes);
}

void
evidence_frame(struct evidence *v, const struct frame *frame, const struct segment *first)
{
	v->frame = frame;
	if ((first->flags & TCP_SYN) != 0)
		remember(v, frame, first);
}

static bool
is_of(const struct segment *segment, const struct frame *frame)
{
	return segment->ref.number == frame->ref.number &&
	    segment->ref.source == frame->ref.source;
}

static void
add(const struct evidence *v, struct trail *t, enum side from, const struct segment *segment)
{
	const unsigned n = v->syn_count < SYNS_MAX ? v->syn_count : SYNS_MAX;

	if (is_of(segment, v->frame)) {
		trail_add(t, v->frame, from, segment);
		return;
	}
	for (unsigned i = 0; i < n && (segment->flags & TCP_SYN) != 0; i++) {
		if (is_of(segment, &v->syns[i].frame)) {
			trail_add(t, &v->syns[i].frame, from, &v->syns[i].segment);
			return;
		}
	}
}

static void
account(struct evidence *v, struct trail *t, size_t bytes)
{
	v->bytes += bytes - t->accounted;
	if (t->in == &v->begun)
		v->begun_bytes += bytes - t->accounted;
	t->accounted = bytes;
}

static void
measure(struct evidence *v, struct trail *t)
{
	account(v, t, sizeof(*t) + trail_bytes(t));
}

static void
move(struct evidence *v, struct trail *t, struct list *to)
{
	const size_t bytes = t->accounted;

	account(v, t, 0);
	if (t->in != NULL)
		list_remove(t->in, &t->link);
	t->in = to;
	if (to != NULL)
		list_add(to, &t->link, t);
	account(v, t, bytes);
}

static void
forget(struct evidence *v, struct trail *t)
{
	account(v, t, 0);
	move(v, t, NULL);
	trail_clear(t);
	if (t->place != NULL)
		*t->place = NULL;
	free(t);
}

/* Its connection goes on, and whoever reads that has hold of it: only what it holds goes. */
static void
empty(struct evidence *v, struct trail *t)
{
	move(v, t, NULL);
	trail_clear(t);
	measure(v, t);
}

/* A flood of handshakes may take a part, and pushes nothing else out of the rest. */
static struct trail *
first_to_go(const struct evidence *v)
{
	const bool flooded = v->begun_bytes > v->limits.all_bytes / BEGUN_PART;
	struct trail *t = flooded ? list_oldest(&v->begun) : NULL;

	if (t == NULL)
		t = list_oldest(&v->ended);
	if (t == NULL)
		t = list_oldest(&v->open);
	return t != NULL ? t : list_oldest(&v->begun);
}

static void
relieve(struct evidence *v)
{
	struct trail *t;

	while (v->bytes > v->limits.all_bytes && (t = first_to_go(v)) != NULL) {
		if (t->in == &v->open)
			empty(v, t);
		else
			forget(v, t);
		v->given_up++;
	}
}

static struct trail *
begin(struct evidence *v, void **place, const struct flow *flow)
{
	struct trail *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		v->unkept++;
		return NULL;
	}
	t->flow_id = flow->id;
	t->place = place;
	t->max = v->limits.connection_bytes;
	t->masked[SIDE_CLIENT].max = t->masked[SIDE_SERVER].max = t->max;
	move(v, t, &v->begun);
	*place = t;
	return t;
}

/* Is it the first one? Of one whose first packets were let go nothing is kept. */
static bool
begins(const struct flow *flow)
{
	return flow->packets[SIDE_CLIENT] + flow->packets[SIDE_SERVER] == 0;
}

void
evidence_segment(struct evidence *v, void **place, const struct flow *flow, enum side from,
    const struct segment *segment)
{
	struct trail *t = *place;

	if (t == NULL && begins(flow))
		t = begin(v, place, flow);
	if (t == NULL || t->max == 0 || v->frame == NULL)
		return;
	add(v, t, from, segment);
	measure(v, t);
	relieve(v);
}

void
evidence_established(struct evidence *v, void *place, const struct flow *flow)
{
	struct trail *t = place;

	if (t == NULL || t->in != &v->begun)
		return;
	t->flow_id = flow->id;
	if (v->limits.only == 0 || v->limits.only == flow->id)
		move(v, t, &v->open);
	else
		forget(v, t);
}

struct masked *
evidence_masked(void *place)
{
	struct trail *t = place;

	return t != NULL ? t->masked : NULL;
}

void
evidence_begins(void *place, enum side from, uint32_t seq)
{
	struct trail *t = place;

	if (t == NULL || t->begun[from])
		return;
	t->begun[from] = true;
	t->first[from] = seq;
}

void
evidence_cut(void *place)
{
	struct trail *t = place;

	if (t != NULL)
		t->cut = true;
}

static void
add_due(struct evidence *v, uint64_t flow_id)
{
	if (v->due_count == DUE_MAX) {
		v->not_due++;
		return;
	}
	v->due[(v->due_first + v->due_count++) % DUE_MAX] = flow_id;
}

void
evidence_close(struct evidence *v, void **place)
{
	struct trail *t = *place;

	if (t == NULL)
		return;
	if (t->in == NULL) {
		forget(v, t);
		return;
	}
	t->place = NULL;
	*place = NULL;
	move(v, t, &v->ended);
	if (t->asked)
		add_due(v, t->flow_id);
}

void
evidence_drop(struct evidence *v, void **place)
{
	if (*place != NULL)
		forget(v, *place);
}

/* Alerts are rare, and the latest connections the likeliest. */
static struct trail *
find_in(const struct list *list, uint64_t flow_id)
{
	for (struct list_link *at = list->newest; at != NULL; at = at->older) {
		struct trail *t = at->owner;

		if (t->flow_id == flow_id)
			return t;
	}
	return NULL;
}

static struct trail *
find(const struct evidence *v, uint64_t flow_id)
{
	struct trail *t = find_in(&v->open, flow_id);

	return t != NULL ? t : find_in(&v->ended, flow_id);
}

void
evidence_ask(struct evidence *v, uint64_t flow_id)
{
	struct trail *t = find(v, flow_id);

	if (t == NULL || t->asked)
		return;
	t->asked = true;
	add_due(v, flow_id);
}

uint64_t
evidence_due(struct evidence *v)
{
	uint64_t flow_id;

	if (v->due_count == 0)
		return 0;
	flow_id = v->due[v->due_first];
	v->due_first = (v->due_first + 1) % DUE_MAX;
	v->due_count--;
	return flow_id;
}

struct span
evidence_write(const struct evidence *v, uint64_t flow_id)
{
	const struct trail *t = find(v, flow_id);

	return t != NULL ? trail_write(t) : span_of(NULL, 0);
}

void
evidence_counters(const struct evidence *v, counter_visit *visit, void *ctx)
{
	visit(ctx, "evidence.kept_bytes", v->bytes);
	visit(ctx, "evidence.given_up", v->given_up);
	visit(ctx, "evidence.no_memory", v->unkept);
	visit(ctx, "evidence.not_sent", v->not_due);
}

void
evidence_free(struct evidence **v)
{
	struct trail *t;

	if (*v == NULL)
		return;
	while ((t = list_oldest(&(*v)->begun)) != NULL || (t = list_oldest(&(*v)->open)) != NULL ||
	    (t = list_oldest(&(*v)->ended)) != NULL)
		forget(*v, t);
	free(*v);
	*v = NULL;
}
