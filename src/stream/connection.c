/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/connection.h"

#include <assert.h>
#include <stdlib.h>

#include "stream/gaps.h"
#include "stream/held.h"
#include "stream/history.h"
#include "stream/nids_engine.h"
#include "stream/order.h"
#include "stream/pickup.h"

/* What only following takes. */
static void
stop_following(struct stream *s, struct connection *c)
{
	struct told *told = c->told;

	if (told->engine != NULL)
		engine_close(told->engine);
	told->engine = NULL;
	for (int side = 0; side < 2; side++) {
		gaps_free(s, c, (enum side)side);
		history_free(s, &told->heard[side]);
	}
	held_clear(s, &told->doubted);
	held_clear(s, &told->rivals);
	held_clear(s, &told->waiting);
}

/* Nobody is told of it any more. */
static void
forget(struct stream *s, struct connection *c)
{
	if (c->told == NULL)
		return;
	stop_following(s, c);
	if (c->told->place != NULL && s->listener.forget != NULL)
		s->listener.forget(s->listener.ctx, &c->told->flow);
	free(c->told);
	c->told = NULL;
}

static void
release(struct stream *s, struct connection *c)
{
	forget(s, c);
	held_clear(s, &c->held);
}

void
connection_free(struct stream *s, struct connection *c)
{
	release(s, c);
	c->state = CONNECTION_NONE;
	flow_table_remove(&s->table, c);
}

/*
 * A full list of handshakes loses its oldest, unheard: nothing is known of its end,
 * unless it was refused.
 */
static void
make_room_waiting(struct stream *s)
{
	while (s->table.list[FLOWS_WAITING].count >= s->limits.half_open_max) {
		struct connection *c = flow_table_oldest(&s->table, FLOWS_WAITING);

		if (c->state == CONNECTION_HALF_OPEN && c->told->flow.end == FLOW_RST) {
			connection_refuse(s, c, FLOW_RST);
			continue;
		}
		if (c->state == CONNECTION_HALF_OPEN)
			s->counts.evicted_half_open++;
		connection_free(s, c);
	}
}

size_t
connection_count(const struct stream *s)
{
	return s->table.list[FLOWS_FOLLOWED].count + s->table.list[FLOWS_SHUNTED].count +
	    s->table.list[FLOWS_RESET].count;
}

/*
 * For the newest, which is among them: what is evicted may want room among those that wait,
 * and take it from whoever waits. Those that have probably ended go first.
 */
static void
make_room_followed(struct stream *s)
{
	while (s->table.list[FLOWS_FOLLOWED].count + s->table.list[FLOWS_RESET].count >
	    s->limits.established_max) {
		struct connection *c = flow_table_oldest(&s->table, FLOWS_RESET);

		if (c == NULL)
			c = flow_table_oldest(&s->table, FLOWS_FOLLOWED);
		connection_expire(s, c, FLOW_EVICTED);
	}
}

static void
make_room_shunted(struct stream *s)
{
	while (s->table.list[FLOWS_SHUNTED].count >= s->limits.shunted_max)
		connection_expire(s, flow_table_oldest(&s->table, FLOWS_SHUNTED),
		    FLOW_EVICTED);
}

struct connection *
connection_new(struct stream *s, const struct segment *segment, enum side sender)
{
	const struct flow_tuple tuple = flow_tuple_of(segment, sender);
	struct told *told = calloc(1, sizeof(*told));
	struct connection *c;

	if (told == NULL) {
		s->counts.no_memory++;
		return NULL;
	}
	make_room_waiting(s);
	c = flow_table_add(&s->table, &tuple, FLOWS_WAITING);
	assert(c != NULL);	/* the lists' limits add up to the table's size */
	c->state = CONNECTION_HALF_OPEN;
	c->told = told;
	told->half = c->half;
	c->last_ns = segment->ref.at_ns;
	told->flow.tuple = tuple;
	told->flow.first = told->flow.last = segment->ref;
	told->flow.id = flow_identifier(&tuple, segment->ref.at_ns);
	return c;
}

void
connection_establish(struct stream *s, struct connection *c)
{
	const uint32_t first[2] = { c->half[0].first, c->half[1].first };
	const uint32_t index = flow_table_index(&s->table, c);
	struct told *told = c->told;
	struct flow *flow = &told->flow;

	flow_table_move(&s->table, c, FLOWS_FOLLOWED);
	make_room_followed(s);
	for (int side = 0; side < 2; side++) {
		c->half[side].next = told->heard[side].fed = first[side];
		flow->initial_seq[side] = flow->handshake ? first[side] - 1 : 0;
	}
	told->engine = engine_open(index, c->tuple.port, first);
	assert(told->engine != NULL);	/* it has room for established_max */
	c->state = CONNECTION_FOLLOWED;
	flow->phase = FLOW_ESTABLISHED;
	s->counts.opened++;
	s->counts.no_handshake += !flow->handshake;
	told->session = s->listener.open(s->listener.ctx, flow);
}

void
connection_watch(struct stream *s, struct connection *c)
{
	make_room_shunted(s);
	flow_table_move(&s->table, c, FLOWS_SHUNTED);
}

void
connection_settle(struct stream *s, struct connection *c)
{
	if (!c->stopping || c->state != CONNECTION_FOLLOWED)
		return;
	if (c->forgetting && c->told->reset.seen) {
		connection_close(s, c, FLOW_RST);
		return;		/* nobody wants to know whether it is outlived */
	}
	c->stopping = false;
	c->state = CONNECTION_SHUNTED;
	if (c->told->reset.seen)
		flow_table_move(&s->table, c, FLOWS_RESET);
	else
		connection_watch(s, c);
	if (c->forgetting) {
		s->counts.truncated += c->told->flow.truncated;
		forget(s, c);
	} else {
		stop_following(s, c);
	}
}

/* Late packets of a connection that said farewell must not look like a new one. */
static void
linger(struct stream *s, struct connection *c)
{
	release(s, c);
	c->state = CONNECTION_CLOSED;
	if (c->list != FLOWS_WAITING)
		make_room_waiting(s);
	flow_table_move(&s->table, c, FLOWS_WAITING);
}

static void
count_end(struct stream_counts *counts, const struct connection *c, enum flow_end end)
{
	counts->one_sided += !c->half[SIDE_CLIENT].spoke || !c->half[SIDE_SERVER].spoke;
	counts->idle += end == FLOW_IDLE;
	counts->evicted += end == FLOW_EVICTED;
	counts->reused += end == FLOW_REUSED;
	counts->truncated += c->told != NULL && c->told->flow.truncated;
}

/* To whom it may concern. */
static void
tell_end(struct stream *s, struct connection *c, enum flow_end end)
{
	c->told->flow.end = end;
	c->told->flow.phase = FLOW_CLOSED;
	if (!c->forgetting)
		s->listener.close(c->told->session, s->at);
}

void
connection_close(struct stream *s, struct connection *c, enum flow_end end)
{
	const enum flow_end why = c->told != NULL && c->told->reset.seen ? FLOW_RST :
	    end == FLOW_REUSED && connection_is_finished(c) ? FLOW_FIN : end;

	if (c->state == CONNECTION_FOLLOWED) {
		order_drain(s, c);
		gaps_finish(s, c);
	}
	count_end(&s->counts, c, why);
	if (c->told != NULL)
		tell_end(s, c, why);
	if (end == FLOW_FIN || end == FLOW_RST)
		linger(s, c);
	else
		connection_free(s, c);
}

void
connection_count_attempt(struct stream *s, struct connection *c, enum flow_end end)
{
	c->told->flow.end = end;
	c->told->flow.phase = FLOW_CLOSED;
	s->counts.attempts++;
	s->listener.attempt(s->listener.ctx, &c->told->flow);
}

void
connection_refuse(struct stream *s, struct connection *c, enum flow_end end)
{
	connection_count_attempt(s, c, c->told->flow.end == FLOW_RST ? FLOW_RST : end);
	connection_free(s, c);
}

/* Silence after a farewell of everybody whom the tap hears is no loss. */
static bool
said_farewell(const struct connection *c)
{
	const struct half *client = &c->half[SIDE_CLIENT], *server = &c->half[SIDE_SERVER];

	return client->spoke && server->spoke ? client->fin && server->fin :
	    client->fin || server->fin;
}

bool
connection_is_finished(const struct connection *c)
{
	int acknowledged = 0;

	for (int side = 0; side < 2; side++) {
		const struct half *half = &c->half[side];

		if (half->fin && half->next == half->fin_seq &&
		    !c->half[side_other(side)].spoke)
			return true;
		acknowledged += half_fin_is_acknowledged(half);
	}
	return acknowledged == 2;
}

/* Why one ends that no packet has ended, so that its late packets are known. */
static enum flow_end
silent_end(const struct connection *c, enum flow_end end)
{
	if (end == FLOW_REUSED)
		return end;
	if (c->told != NULL && c->told->reset.seen)
		return FLOW_RST;
	if (connection_is_finished(c))
		return FLOW_FIN;
	return end == FLOW_IDLE && said_farewell(c) ? FLOW_FIN : end;
}

static void
expire(struct stream *s, struct connection *c, enum flow_end end)
{
	if (c->state == CONNECTION_HALF_OPEN && pickup_has_content(c))
		pickup_establish(s, c, SIDE_CLIENT, NULL);
	switch ((enum connection_state)c->state) {
	case CONNECTION_HALF_OPEN:
		connection_refuse(s, c, end);
		break;
	case CONNECTION_FOLLOWED:
	case CONNECTION_SHUNTED:
		connection_close(s, c, silent_end(c, end));
		break;
	case CONNECTION_CLOSED:
		connection_free(s, c);
		break;
	case CONNECTION_NONE:
		break;
	}
}

void
connection_expire(struct stream *s, struct connection *c, enum flow_end end)
{
	const struct frame_ref *at = s->at;
	struct frame_ref last = { .at_ns = c->last_ns };

	if (c->told != NULL) {
		last = c->told->flow.last;
		if (s->now_ns > last.at_ns && !c->told->unwatched)
			c->told->flow.silent_ns = s->now_ns - last.at_ns;
	}
	s->at = &last;
	expire(s, c, end);
	s->at = at;
}
