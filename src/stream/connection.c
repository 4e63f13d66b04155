/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/connection.h"

#include <assert.h>

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
	if (c->engine != NULL)
		engine_close(c->engine);
	c->engine = NULL;
	for (int side = 0; side < 2; side++) {
		gaps_free(s, c, (enum side)side);
		history_free(s, &c->half[side]);
	}
	held_clear(s, &c->doubted);
	held_clear(s, &c->waiting);
}

static void
release(struct stream *s, struct connection *c)
{
	stop_following(s, c);
	held_clear(s, &c->held);
}

void
connection_free(struct stream *s, struct connection *c)
{
	release(s, c);
	if (c->place != NULL && s->listener.forget != NULL)
		s->listener.forget(s->listener.ctx, &c->flow);
	c->state = CONNECTION_NONE;
	flow_table_remove(&s->table, c);
}

/* A full list of handshakes loses its oldest, unheard: nothing is known of its end. */
static void
make_room_waiting(struct stream *s)
{
	while (s->table.list[FLOWS_WAITING].count >= s->limits.half_open_max) {
		struct connection *c = flow_table_oldest(&s->table, FLOWS_WAITING);

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

/* Those that have probably ended go first. */
static void
make_room_followed(struct stream *s)
{
	while (s->table.list[FLOWS_FOLLOWED].count + s->table.list[FLOWS_RESET].count >=
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
	struct connection *c;

	make_room_waiting(s);
	c = flow_table_add(&s->table, &tuple, FLOWS_WAITING);
	assert(c != NULL);	/* the lists' limits add up to the table's size */
	c->state = CONNECTION_HALF_OPEN;
	c->flow.first = c->flow.last = segment->ref;
	c->flow.id = flow_identifier(&tuple, segment->ref.at_ns);
	return c;
}

void
connection_establish(struct stream *s, struct connection *c)
{
	const uint32_t first[2] = { c->half[0].first, c->half[1].first };
	const uint32_t index = flow_table_index(&s->table, c);

	make_room_followed(s);
	for (int side = 0; side < 2; side++) {
		c->half[side].next = c->half[side].fed = first[side];
		c->flow.initial_seq[side] = c->flow.handshake ? first[side] - 1 : 0;
	}
	c->engine = engine_open(index, c->flow.tuple.port, first);
	assert(c->engine != NULL);	/* it has room for established_max */
	flow_table_move(&s->table, c, FLOWS_FOLLOWED);
	c->state = CONNECTION_FOLLOWED;
	c->flow.phase = FLOW_ESTABLISHED;
	s->counts.opened++;
	s->counts.no_handshake += !c->flow.handshake;
	c->session = s->listener.open(s->listener.ctx, &c->flow);
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
	stop_following(s, c);
	c->stopping = false;
	c->state = CONNECTION_SHUNTED;
	if (c->reset.seen)
		flow_table_move(&s->table, c, FLOWS_RESET);
	else
		connection_watch(s, c);
}

/* Late packets of a connection that said farewell must not look like a new one. */
static void
linger(struct stream *s, struct connection *c)
{
	release(s, c);
	c->state = CONNECTION_CLOSED;
	if (c->links.list != FLOWS_WAITING)
		make_room_waiting(s);
	flow_table_move(&s->table, c, FLOWS_WAITING);
}

static void
count_end(struct stream_counts *counts, const struct flow *flow)
{
	counts->one_sided += !flow_both_sides(flow);
	counts->idle += flow->end == FLOW_IDLE;
	counts->evicted += flow->end == FLOW_EVICTED;
	counts->reused += flow->end == FLOW_REUSED;
	counts->truncated += flow->truncated;
}

void
connection_close(struct stream *s, struct connection *c, enum flow_end end)
{
	if (c->state == CONNECTION_FOLLOWED) {
		order_drain(s, c);
		gaps_finish(s, c);
	}
	c->flow.end = c->reset.seen ? FLOW_RST : end;
	c->flow.phase = FLOW_CLOSED;
	count_end(&s->counts, &c->flow);
	s->listener.close(c->session, s->at);
	if (end == FLOW_FIN || end == FLOW_RST)
		linger(s, c);
	else
		connection_free(s, c);
}

void
connection_refuse(struct stream *s, struct connection *c, enum flow_end end)
{
	c->flow.end = end;
	c->flow.phase = FLOW_CLOSED;
	s->counts.attempts++;
	s->listener.attempt(s->listener.ctx, &c->flow);
	if (end == FLOW_RST)
		linger(s, c);
	else
		connection_free(s, c);
}

/* Silence after a farewell of everybody whom the tap hears is no loss. */
static bool
said_farewell(const struct flow *flow)
{
	const bool *fin = flow->fin_by;

	return flow_both_sides(flow) ? fin[SIDE_CLIENT] && fin[SIDE_SERVER] :
	    fin[SIDE_CLIENT] || fin[SIDE_SERVER];
}

void
connection_expire(struct stream *s, struct connection *c, enum flow_end end)
{
	const struct frame_ref *at = s->at, last = c->flow.last;

	s->at = &last;
	if (s->now_ns > last.at_ns)
		c->flow.silent_ns = s->now_ns - last.at_ns;
	if (c->state == CONNECTION_HALF_OPEN && pickup_has_data(c))
		pickup_establish(s, c, SIDE_CLIENT, NULL);
	switch (c->state) {
	case CONNECTION_HALF_OPEN:
		connection_refuse(s, c, end);
		break;
	case CONNECTION_FOLLOWED:
	case CONNECTION_SHUNTED:
		if (c->reset.seen)
			end = FLOW_RST;
		if (end == FLOW_IDLE && said_farewell(&c->flow))
			end = FLOW_FIN;
		connection_close(s, c, end);
		break;
	case CONNECTION_CLOSED:
		connection_free(s, c);
		break;
	case CONNECTION_NONE:
		break;
	}
	s->at = at;
}
