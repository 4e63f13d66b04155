/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "stream/arrival.h"
#include "stream/connection.h"
#include "stream/gaps.h"
#include "stream/handshake.h"
#include "stream/nids_engine.h"
#include "stream/normaliser.h"
#include "stream/pickup.h"
#include "stream/ports.h"
#include "stream/refusal.h"
#include "stream/reuse.h"

/*
 * At most so many of a list expire with one packet. Enough to keep up with any
 * arrival, and a single packet with a wrong clock cannot end everything.
 */
enum {
	SWEEP_MAX = 8,
	SWEEPS_OF_A_TICK = 128,	/* packets come much more often than somebody tells the time */
};

/* That somebody is silent is noticed as soon as this. */
#define SWEEP_STEP_NS (CLOCK_SECOND_NS / 10)

/* Shunted connections keep their order by use as far as this. */
#define WATCH_STEP_NS (10 * CLOCK_SECOND_NS)

/* Called by libnids, by way of the engine. */
static void
on_bytes(void *ctx, uint32_t index, enum side from, struct span bytes)
{
	struct stream *s = ctx;

	gaps_deliver(s, &s->table.entries[index], from, bytes);
}

static void
set_default(size_t *limit, size_t normal)
{
	if (*limit == 0)
		*limit = normal;
}

static void
set_limits(struct stream_limits *limits, const struct stream_limits *asked)
{
	*limits = *asked;
	set_default(&limits->established_max, STREAM_ESTABLISHED_MAX);
	set_default(&limits->shunted_max, limits->established_max);
	set_default(&limits->half_open_max, STREAM_HALF_OPEN_MAX);
	set_default(&limits->early_max, STREAM_EARLY_MAX);
	set_default(&limits->early_connection_max, STREAM_EARLY_CONNECTION_MAX);
	set_default(&limits->held_max, STREAM_HELD_MAX);
	/* history and a queue for both directions */
	set_default(&limits->blocks_max, 4 * limits->established_max);
	if (limits->established_idle_ns == 0)
		limits->established_idle_ns = STREAM_ESTABLISHED_IDLE_S * CLOCK_SECOND_NS;
	if (limits->half_open_idle_ns == 0)
		limits->half_open_idle_ns = STREAM_HALF_OPEN_IDLE_S * CLOCK_SECOND_NS;
}

int64_t
stream_memory_ns(const struct stream_limits *limits)
{
	struct stream_limits all;

	set_limits(&all, limits);
	return all.established_idle_ns > all.half_open_idle_ns ? all.established_idle_ns :
	    all.half_open_idle_ns;
}

/* One that is too large stays so, and is refused. */
static size_t
sum(size_t a, size_t b)
{
	return a + b < a ? SIZE_MAX : a + b;
}

struct stream *
stream_new(const struct stream_limits *limits, const struct stream_listener *listener,
    struct err *e)
{
	struct stream *s = calloc(1, sizeof(*s));
	size_t entries;

	if (s == NULL) {
		err_set(e, "no memory for TCP streams");
		return NULL;
	}
	set_limits(&s->limits, limits);
	s->listener = *listener;
	s->pool = (struct pool){ .block_bytes = POOL_BLOCK_BYTES, .max = s->limits.blocks_max };
	s->small = (struct pool){ .block_bytes = POOL_SMALL_BYTES, .max = s->limits.blocks_max };
	if (engine_start(s->limits.established_max, on_bytes, s, e) == -1) {
		free(s);
		return NULL;
	}
	entries = sum(sum(s->limits.established_max, s->limits.shunted_max),
	    s->limits.half_open_max);
	if (flow_table_init(&s->table, entries, !s->limits.any_vlan, e) == -1) {
		engine_stop();
		free(s);
		return NULL;
	}
	return s;
}

void
stream_free(struct stream **stream)
{
	struct stream *s = *stream;
	struct connection *c;

	if (s == NULL)
		return;
	for (int list = 0; list < FLOW_LISTS; list++) {
		while ((c = flow_table_oldest(&s->table, list)) != NULL)
			connection_free(s, c);
	}
	engine_stop();
	flow_table_free(&s->table);
	pool_drain(&s->pool);
	pool_drain(&s->small);
	free(s);
	*stream = NULL;
}

/* A time so far ahead is of a clock that was set back since: who knows how long ago that was. */
static bool
is_idle(const struct connection *c, int64_t now_ns, int64_t idle_ns)
{
	const int64_t silent_ns = now_ns - c->last_ns;

	return silent_ns > idle_ns || silent_ns < -idle_ns;
}

/* Who has been silent for too long ends. False when some are left for the next time. */
static bool
sweep_list(struct stream *s, enum flow_list list, int64_t now_ns)
{
	const int64_t idle_ns = list == FLOWS_WAITING || list == FLOWS_RESET ?
	    s->limits.half_open_idle_ns : s->limits.established_idle_ns;

	for (int i = 0; i < SWEEP_MAX; i++) {
		struct connection *c = flow_table_oldest(&s->table, list);

		if (c == NULL || !is_idle(c, now_ns, idle_ns))
			return true;
		connection_expire(s, c, FLOW_IDLE);
	}
	return false;
}

static void
sweep(struct stream *s, int64_t now_ns)
{
	bool done = true;

	for (int list = 0; list < FLOW_LISTS; list++)
		done = sweep_list(s, (enum flow_list)list, now_ns) && done;
	s->swept = done;
	s->swept_ns = now_ns;
}

/* Packet time has moved on, or back. */
static void
sweep_in_time(struct stream *s, int64_t now_ns)
{
	if (!s->swept || now_ns < s->swept_ns || now_ns - s->swept_ns >= SWEEP_STEP_NS)
		sweep(s, now_ns);
}

/* An entry for a segment that belongs to no connection; NULL when it begins none. */
static struct connection *
begin(struct stream *s, const struct segment *segment, enum side *from_r)
{
	if (segment->flags & TCP_RST)
		return NULL;
	if (segment->flags & TCP_SYN)
		*from_r = segment->flags & TCP_ACK ? SIDE_SERVER : SIDE_CLIENT;
	else if (segment->payload_bytes > 0)
		*from_r = ports_guess_side(segment->port[0], segment->port[1]);
	else
		return NULL;
	return connection_new(s, segment, *from_r);
}

static void take(struct stream *s, const struct segment *segment);

/* A new connection begins with what was held for it. */
static void
take_over(struct stream *s, struct held_list begin[HELD_KINDS], const struct segment *segment)
{
	struct held *held;

	for (int kind = 0; kind < HELD_KINDS; kind++) {
		while ((held = held_take(&begin[kind])) != NULL) {
			take(s, &held->segment);
			held_free(s, &held);
		}
		if (held_kind(segment) == (enum held_kind)kind)
			take(s, segment);
	}
}

/* Is the segment none of this connection? */
static bool
is_apart(struct stream *s, struct connection *c, enum side from, const struct segment *segment)
{
	struct held_list begin[HELD_KINDS];
	enum reuse reuse = REUSE_NONE;

	if (reuse_concerns(c, segment))
		reuse = reuse_take(s, c, from, segment, begin);
	if (reuse == REUSE_BEGUN) {
		connection_expire(s, c, FLOW_REUSED);
		take_over(s, begin, segment);
	}
	return reuse != REUSE_NONE;
}

/*
 * It is the latest used now. Among those that nobody reads some seconds more or less
 * do not matter, and three distant entries need not be looked at for each packet.
 */
static void
touch(struct stream *s, struct connection *c)
{
	if (c->list != FLOWS_SHUNTED || c->last_ns / WATCH_STEP_NS != s->now_ns / WATCH_STEP_NS)
		flow_table_move(&s->table, c, c->list);
}

/* ICMP ends an attempt, and nothing that is more than that (RFC 1122, 4.2.3.9). */
static void
take_unreachable(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	if (c == NULL || c->state != CONNECTION_HALF_OPEN || pickup_has_data(c))
		s->counts.stray++;
	else
		refusal_take(s, c, from, segment);
}

static void
take(struct stream *s, const struct segment *segment)
{
	enum side from;
	struct connection *c = flow_table_find(&s->table, segment, &from);
	bool is_doubtful;

	if (segment->unreachable) {
		take_unreachable(s, c, from, segment);
		return;
	}
	if (c == NULL && (c = begin(s, segment, &from)) == NULL) {
		s->counts.stray++;
		return;
	}
	is_doubtful = !arrival_checksum(s, c, from, segment);
	if (!is_doubtful && is_apart(s, c, from, segment))
		return;
	if (c->state == CONNECTION_CLOSED) {
		s->counts.late++;
		return;
	}
	touch(s, c);
	arrival_count(s, c, from, segment);
	if (is_doubtful)
		normaliser_doubt(s, c, from, segment);
	else if (c->state == CONNECTION_HALF_OPEN)
		handshake_take(s, c, from, segment);
	else
		normaliser_take(s, c, from, segment);
}

void
stream_expect(const struct stream *s, struct segment *const segments[], size_t count)
{
	flow_table_expect(&s->table, segments, count);
}

void
stream_segment(struct stream *s, const struct segment *segment)
{
	s->at = &segment->ref;
	s->now_ns = segment->ref.at_ns;
	sweep_in_time(s, segment->ref.at_ns);
	if (segment->port[0] == segment->port[1] &&
	    address_equal(&segment->addr[0], &segment->addr[1]))
		s->counts.self++;	/* who says what cannot be told apart */
	else
		take(s, segment);
	if (s->early_bytes > s->limits.early_max)
		gaps_relieve(s);
	s->at = NULL;
}

void
stream_pass_time(struct stream *s, int64_t now_ns)
{
	if (now_ns <= s->now_ns)
		return;
	s->now_ns = now_ns;
	for (int i = 0; i < SWEEPS_OF_A_TICK; i++)
		sweep(s, now_ns);
}

void
stream_lose_sight(struct stream *s)
{
	for (int list = 0; list < FLOW_LISTS; list++) {
		for (struct connection *c = flow_table_oldest(&s->table, list); c != NULL;
		    c = flow_table_newer(&s->table, c)) {
			if (c->told == NULL)
				continue;
			c->told->flow.truncated = true;
			c->told->unwatched = true;
		}
	}
}

/* A flow is the first thing of what is told of a connection. */
static struct told *
told_of(const struct flow *flow)
{
	return (struct told *)(uintptr_t)flow;
}

void **
stream_place(const struct flow *flow)
{
	return &told_of(flow)->place;
}

uint32_t
stream_sequence(const struct flow *flow, enum side from)
{
	return told_of(flow)->half[from].next;
}

struct survivor {
	const struct frame_ref *first;
	struct connection *c;
};

static int
compare_first_seen(const void *left, const void *right)
{
	const struct frame_ref *a = ((const struct survivor *)left)->first;
	const struct frame_ref *b = ((const struct survivor *)right)->first;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

void
stream_finish(struct stream *s)
{
	struct survivor *survivors;
	size_t count = 0, n = 0;

	for (int list = 0; list < FLOW_LISTS; list++)
		count += s->table.list[list].count;
	survivors = calloc(count + 1, sizeof(*survivors));
	for (int list = 0; list < FLOW_LISTS && survivors != NULL; list++) {
		for (struct connection *c = flow_table_oldest(&s->table, list); c != NULL;
		    c = flow_table_newer(&s->table, c)) {
			if (c->told != NULL)
				survivors[n++] = (struct survivor){ &c->told->flow.first, c };
		}
	}
	if (n > 0)
		qsort(survivors, n, sizeof(*survivors), compare_first_seen);
	for (size_t i = 0; i < n; i++)
		connection_expire(s, survivors[i].c, FLOW_INPUT_END);
	free(survivors);
	/* Those of which nobody is told, and all without memory for an order, in any. */
	for (int list = 0; list < FLOW_LISTS; list++) {
		struct connection *c;

		while ((c = flow_table_oldest(&s->table, list)) != NULL)
			connection_expire(s, c, FLOW_INPUT_END);
	}
}

void
stream_counters(const struct stream *s, counter_visit *visit, void *ctx)
{
	const struct stream_counts *n = &s->counts;
	const struct counter counters[] = {
		{ "flow.active", connection_count(s) },
		{ "flow.opened", n->opened },
		{ "flow.attempts", n->attempts },
		{ "flow.idle", n->idle },
		{ "flow.reused", n->reused },
		{ "flow.evicted", n->evicted },
		{ "flow.evicted_half_open", n->evicted_half_open },
		{ "stream.no_handshake", n->no_handshake },
		{ "stream.one_sided", n->one_sided },
		{ "stream.truncated", n->truncated },
		{ "stream.gaps", n->gaps },
		{ "stream.gap_bytes", n->gap_bytes },
		{ "stream.conflicts", n->conflicts },
		{ "stream.duplicate_packets", n->duplicate_packets },
		{ "stream.bad_checksum", n->bad_checksum },
		{ "stream.offloaded", n->offloaded },
		{ "stream.out_of_window", n->out_of_window },
		{ "stream.out_of_order", n->out_of_order },
		{ "stream.order_forced", n->order_forced },
		{ "stream.resyncs", n->resyncs },
		{ "stream.bad_resets", n->bad_resets },
		{ "stream.resets_outlived", n->resets_outlived },
		{ "stream.bad_answers", n->bad_answers },
		{ "stream.forged_syns", n->forged_syns },
		{ "stream.strangers", n->strangers },
		{ "stream.stray", n->stray },
		{ "stream.late", n->late },
		{ "stream.self", n->self },
		{ "stream.early_bytes", s->early_bytes },
		{ "stream.early_given_up", n->early_given_up },
		{ "stream.no_memory", n->no_memory },
	};

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		visit(ctx, counters[i].name, counters[i].value);
}
