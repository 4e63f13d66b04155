/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/pickup.h"

#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/refusal.h"
#include "stream/reuse.h"
#include "stream/sequence.h"

/* Something beside the handshake, with so many bytes at least. */
static bool
holds_content(const struct connection *c, uint32_t bytes)
{
	for (const struct held *held = c->held.first; held != NULL; held = held->next) {
		if (held_kind(&held->segment) == HELD_CONTENT &&
		    held->segment.payload_bytes >= bytes)
			return true;
	}
	return false;
}

bool
pickup_has_data(const struct connection *c)
{
	return holds_content(c, 1);
}

bool
pickup_has_content(const struct connection *c)
{
	return holds_content(c, 0);
}

/* The connection's own SYN, to what it carries. */
static void
open_syn(struct segment *segment, uint32_t syn_bytes)
{
	segment->flags = 0;
	segment->seq++;
	segment->payload = span_head(segment->payload, syn_bytes);
	if (segment->payload_bytes > syn_bytes)
		segment->payload_bytes = syn_bytes;
}

void
pickup_release(struct stream *s, struct connection *c, uint32_t syn_bytes)
{
	struct held_list list = c->held;
	struct held *held;

	c->held = (struct held_list){ 0 };
	while ((held = held_take(&list)) != NULL) {
		struct segment *segment = &held->segment;

		refusal_tell(s, c, segment->ref.at_ns);
		/* what is of another handshake begins another connection, or none */
		if (!refusal_is_over(c, held) && !reuse_hold(s, c, held->from, segment)) {
			if (held->from == SIDE_CLIENT && segment->payload_bytes > 0 &&
			    held_kind(segment) == HELD_SYN)
				open_syn(segment, syn_bytes);
			normaliser_take(s, c, held->from, segment);
		}
		held_free(s, &held);
	}
	refusal_tell(s, c, INT64_MAX);
}

static void
learn_first(struct half *half, uint32_t seq)
{
	if (!half->known || sequence_after(half->first, seq))
		half->first = seq;
	half->known = true;
}

/* Where its sender is at least, and where the receiver was. */
static void
learn(struct connection *c, enum side from, const struct segment *segment)
{
	if (segment->flags & TCP_SYN)
		return;		/* the handshake knows better */
	learn_first(&c->half[from], segment->seq);
	if (segment->flags & TCP_ACK)
		learn_first(&c->half[side_other(from)], segment->ack);
}

/*
 * The handshake says where a side begins, unless what was said lies elsewhere: of several
 * the nearest one before that. Returns how near it is.
 */
static int32_t
begin_nearer(struct half *half, uint32_t said, uint32_t first, int32_t nearest)
{
	const int32_t distance = sequence_diff(said, first);

	if (distance < 0 || distance > nearest)
		return nearest;
	half->first = first;
	return distance;
}

static bool
lies_before(const struct half *half, uint32_t isn)
{
	const int32_t distance = sequence_diff(half->first, isn + 1);

	return half->known && distance >= 0 && distance <= SEQUENCE_WINDOW;
}

/* Of how many SYNs and SYN-ACKs can what was said be the continuation, if that is the client? */
static int
count_fitting(const struct connection *c, enum side client)
{
	const struct handshake *h = &c->told->handshake[client];
	int fitting = 0;

	for (int i = 0; i < h->syns; i++)
		fitting += lies_before(&c->half[client], h->syn[i].isn);
	for (int i = 0; i < h->answers; i++)
		fitting += lies_before(&c->half[side_other(client)], h->answer[i].isn);
	return fitting;
}

static void
learn_server(const struct handshake *h, struct half *server)
{
	int32_t nearest = SEQUENCE_WINDOW;
	uint32_t said = server->first;

	for (int i = 0; i < h->answers; i++) {
		const uint32_t first = h->answer[i].isn + 1;

		if (!server->known)
			learn_first(server, said = first);
		nearest = begin_nearer(server, said, first, nearest);
	}
}

/* By its SYN, or what the server made of one that is not seen. */
static void
learn_client(const struct handshake *h, struct half *client)
{
	const int n = h->syns > 0 ? h->syns : h->answers;
	int32_t nearest = SEQUENCE_WINDOW;
	uint32_t said = client->first;

	for (int i = 0; i < n; i++) {
		const uint32_t first = h->syns > 0 ? h->syn[i].isn + 1 : h->answer[i].ack;

		if (!client->known)
			learn_first(client, said = first);
		nearest = begin_nearer(client, said, first, nearest);
	}
}

/* What is seen of the handshake says where both sides begin. */
static void
learn_beginning(struct connection *c)
{
	const struct handshake *h = &c->told->handshake[SIDE_CLIENT];

	if (h->client_acked)
		learn_first(&c->half[SIDE_SERVER], c->half[SIDE_CLIENT].ack);
	learn_server(h, &c->half[SIDE_SERVER]);
	learn_client(h, &c->half[SIDE_CLIENT]);
}

void
pickup_establish(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	for (const struct held *held = c->held.first; held != NULL; held = held->next)
		learn(c, held->from, &held->segment);
	if (segment != NULL)
		learn(c, from, segment);
	if (count_fitting(c, SIDE_SERVER) > count_fitting(c, SIDE_CLIENT)) {
		pickup_exchange_sides(c);
		from = side_other(from);
	}
	learn_beginning(c);
	refusal_heed(c);
	connection_establish(s, c);
	pickup_release(s, c, UINT32_MAX);
	if (segment != NULL)
		normaliser_take(s, c, from, segment);
}

bool
pickup_expects_reset(const struct connection *c, enum side from, const struct segment *segment)
{
	for (const struct held *held = c->held.first; held != NULL; held = held->next) {
		const struct segment *h = &held->segment;
		const uint32_t end = h->seq + h->payload_bytes + ((h->flags & TCP_FIN) != 0);

		if (held_kind(h) == HELD_CONTENT && (held->from == from ? segment->seq == end :
		    ((h->flags & TCP_ACK) && segment->seq == h->ack) ||
		    ((segment->flags & TCP_ACK) && segment->ack == end)))
			return true;
	}
	return false;
}

bool
pickup_fits(const struct connection *c, enum side from, const struct segment *segment)
{
	for (const struct held *held = c->held.first; held != NULL; held = held->next) {
		const struct segment *h = &held->segment;
		const uint32_t number = held->from == from ? h->seq : h->ack;
		const int32_t distance = sequence_diff(number, segment->seq + 1);

		if (held_kind(h) == HELD_CONTENT && (distance < 0 || distance > SEQUENCE_WINDOW))
			return false;
	}
	return true;
}

static void
swap(uint64_t pair[2])
{
	const uint64_t first = pair[0];

	pair[0] = pair[1];
	pair[1] = first;
}

static void
exchange_told(struct told *told)
{
	const struct heard heard = told->heard[SIDE_CLIENT];
	const struct handshake handshake = told->handshake[SIDE_CLIENT];
	struct flow *flow = &told->flow;
	const bool reset = flow->reset_by[SIDE_CLIENT];

	swap(flow->packets);
	swap(flow->wire_bytes);
	swap(flow->payload_bytes);
	flow->reset_by[SIDE_CLIENT] = flow->reset_by[SIDE_SERVER];
	flow->reset_by[SIDE_SERVER] = reset;
	told->reset.from = side_other(told->reset.from);
	told->heard[SIDE_CLIENT] = told->heard[SIDE_SERVER];
	told->heard[SIDE_SERVER] = heard;
	told->handshake[SIDE_CLIENT] = told->handshake[SIDE_SERVER];
	told->handshake[SIDE_SERVER] = handshake;
	flow->unanswered = told->handshake[SIDE_CLIENT].asked_again;
}

static void
exchange_senders(struct held_list *list)
{
	for (struct held *held = list->first; held != NULL; held = held->next)
		held->from = side_other(held->from);
}

void
pickup_exchange_sides(struct connection *c)
{
	const struct flow_tuple old = c->tuple;
	const struct half half = c->half[SIDE_CLIENT];
	struct flow *flow = &c->told->flow;

	for (int side = 0; side < 2; side++) {
		c->tuple.addr[side] = old.addr[!side];
		c->tuple.port[side] = old.port[!side];
	}
	flow->tuple = c->tuple;
	flow->id = flow_identifier(&flow->tuple, flow->first.at_ns);
	c->half[SIDE_CLIENT] = c->half[SIDE_SERVER];
	c->half[SIDE_SERVER] = half;
	exchange_told(c->told);
	exchange_senders(&c->held);
	exchange_senders(&c->told->doubted);
}
