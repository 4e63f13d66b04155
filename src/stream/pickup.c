/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/pickup.h"

#include "stream/handshake.h"
#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/sequence.h"

/* Above 1023, but servers' all the same: protocols that start TLS in clear. */
static const uint16_t server_ports[] = {
	1110, 1143, 2003, 2525, 2587, 3268, 3306, 4190, 5222, 5269, 5432, 5433, 6432,
	6666, 6667, 6668, 6669, 7000, 8080, 26257, 33060,
};

static bool
is_server_port(uint16_t port)
{
	bool listed = port < 1024;

	for (size_t i = 0; i < sizeof(server_ports) / sizeof(server_ports[0]); i++)
		listed = listed || server_ports[i] == port;
	return listed;
}

enum side
pickup_guess_sender(const struct segment *segment)
{
	const bool sender = is_server_port(segment->port[0]);
	const bool receiver = is_server_port(segment->port[1]);

	if (sender != receiver)
		return sender ? SIDE_SERVER : SIDE_CLIENT;
	return segment->port[0] < segment->port[1] ? SIDE_SERVER : SIDE_CLIENT;
}

bool
pickup_has_data(const struct connection *c)
{
	for (const struct held *held = c->held.first; held != NULL; held = held->next) {
		if (!(held->segment.flags & TCP_SYN))
			return true;
	}
	return false;
}

void
pickup_release(struct stream *s, struct connection *c, uint32_t syn_bytes)
{
	struct held *held;

	while ((held = held_take(&c->held)) != NULL) {
		struct segment *segment = &held->segment;

		if (segment->flags & TCP_SYN) {
			segment->flags = 0;
			segment->seq++;
			segment->payload = span_head(segment->payload, syn_bytes);
			if (segment->payload_bytes > syn_bytes)
				segment->payload_bytes = syn_bytes;
		}
		normaliser_take(s, c, held->from, segment);
		held_free(s, &held);
	}
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

/* The handshake says where a side begins, unless its data lies elsewhere. */
static void
begin_at(struct half *half, uint32_t first)
{
	const int32_t distance = sequence_diff(half->first, first);

	if (half->known && (distance < 0 || distance > SEQUENCE_WINDOW))
		return;
	half->first = first;
	half->known = true;
}

void
pickup_establish(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const struct handshake *h = &c->told->handshake;
	struct half *client = &c->half[SIDE_CLIENT], *server = &c->half[SIDE_SERVER];

	for (const struct held *held = c->held.first; held != NULL; held = held->next)
		learn(c, held->from, &held->segment);
	if (segment != NULL)
		learn(c, from, segment);
	if (h->client_acked)
		learn_first(server, client->ack);
	for (int i = 0; i < h->answers; i++) {
		begin_at(server, h->answer[i].isn + 1);
		if (h->answer[i].has_ack && h->syns == 0)
			begin_at(client, h->answer[i].ack);
	}
	for (int i = 0; i < h->syns; i++)
		begin_at(client, h->syn[i].isn + 1);
	connection_establish(s, c);
	pickup_release(s, c, UINT32_MAX);
	if (segment != NULL)
		normaliser_take(s, c, from, segment);
}

bool
pickup_fits(const struct connection *c, enum side from, const struct segment *segment)
{
	for (const struct held *held = c->held.first; held != NULL; held = held->next) {
		const struct segment *h = &held->segment;
		const uint32_t number = held->from == from ? h->seq : h->ack;
		const int32_t distance = sequence_diff(number, segment->seq + 1);

		if (distance < 0 || distance > SEQUENCE_WINDOW)
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

bool
pickup_set_client(struct connection *c, enum side client)
{
	const struct flow_tuple old = c->tuple;
	const struct half half = c->half[SIDE_CLIENT];
	const struct heard heard = c->told->heard[SIDE_CLIENT];
	struct flow *flow = &c->told->flow;

	if (client == SIDE_CLIENT)
		return false;
	for (int side = 0; side < 2; side++) {
		c->tuple.addr[side] = old.addr[!side];
		c->tuple.port[side] = old.port[!side];
	}
	flow->tuple = c->tuple;
	flow->id = flow_identifier(&flow->tuple, flow->first.at_ns);
	swap(flow->packets);
	swap(flow->wire_bytes);
	swap(flow->payload_bytes);
	c->half[SIDE_CLIENT] = c->half[SIDE_SERVER];
	c->half[SIDE_SERVER] = half;
	c->told->heard[SIDE_CLIENT] = c->told->heard[SIDE_SERVER];
	c->told->heard[SIDE_SERVER] = heard;
	c->told->handshake.client_acked = false;
	for (struct held *held = c->held.first; held != NULL; held = held->next) {
		held->from = side_other(held->from);
		if (held->from == SIDE_CLIENT)
			handshake_note_ack(c, &held->segment);
	}
	return true;
}
