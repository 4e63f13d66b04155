/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of a conversation, and what it costs. */
#include "session/conversation.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dialect/opening.h"
#include "session/election.h"
#include "session/handshake.h"

size_t
conversation_kept_bytes(const struct conversation *c)
{
	size_t bytes = 0;

	for (int side = 0; side < 2; side++)
		bytes += c->unread[side].size + c->carried[side].size +
		    c->start.said[side].size;
	return bytes;
}

void
conversation_if_ended(struct conversation *c, const struct frame_ref *at,
    struct observation *seen_r)
{
	struct facts facts = c->facts;
	unsigned char seen[OBSERVATION_HEAD_BYTES];

	memcpy(seen, c->seen, sizeof(seen));
	c->facts.at = *at;
	handshake_at_end(c);
	conversation_snapshot(c, seen_r);
	/* the memory of marks may lie elsewhere now */
	facts.marks = c->facts.marks;
	c->facts = facts;
	memcpy(c->seen, seen, sizeof(seen));
	c->facts.seen->serial = seen_r->serial;
}

bool
conversation_take_news(struct conversation *c)
{
	bool news = c->facts.news;

	c->facts.news = false;
	return news;
}

bool
conversation_take_data(struct conversation *c, struct data_place *place_r)
{
	*place_r = c->facts.data_place;
	c->facts.data_place.port = 0;
	/* inside a proxy's tunnel data goes between other machines */
	return place_r->port != 0 && c->tunnel_to == 0;
}

bool
conversation_hides_data(const struct conversation *c)
{
	const struct observation *seen = c->facts.seen;
	const struct dialect *d = c->dialect != NULL ? c->dialect :
	    dialect_by_name(seen->dialect_expected);

	return seen->established == FACT_TRUE && c->tunnel_to == 0 && d != NULL &&
	    (d->traits & TRAIT_DATA_APART) != 0;
}

/* The first that nobody asked for; or the first. */
static bool
tells_more(const struct observation *seen, bool chosen)
{
	return seen->established == FACT_TRUE &&
	    (seen->data_flow_id == 0 || (seen->data_chosen && !chosen));
}

void
conversation_data(struct conversation *c, const struct flow *data, enum side from,
    bool in_clear, const struct frame_ref *at, const struct frame_ref *now)
{
	const struct flow_tuple *t = &data->tuple;
	const bool by_client = address_equal(&t->addr[from], &c->flow->tuple.addr[SIDE_CLIENT]);
	const enum mark_kind kind = in_clear ? MARK_DATA_CLEAR : MARK_DATA_TLS;
	char text[MARK_TEXT_SIZE];

	c->facts.at = *at;
	c->facts.from = by_client ? SIDE_CLIENT : SIDE_SERVER;
	snprintf(text, sizeof(text), "data connection from port %u to port %u %s TLS",
	    (unsigned)t->port[SIDE_CLIENT], (unsigned)t->port[SIDE_SERVER],
	    in_clear ? "begins without" : "begins with");
	/* where nothing is encrypted, or not yet, it is one more file in clear */
	if (in_clear && tells_more(c->facts.seen, c->facts.data_chosen_clear)) {
		c->facts.seen->data_flow_id = data->id;
		c->facts.seen->data_chosen = c->facts.data_chosen_clear;
		c->facts.news = true;
		facts_note_anew(&c->facts, kind, text);
	} else {
		facts_note(&c->facts, kind, text);
	}
	c->facts.at = *now;
}

bool
conversation_take_move(struct conversation *c)
{
	bool moved = c->facts.moved;

	c->facts.moved = false;
	return moved;
}

void
conversation_snapshot(struct conversation *c, struct observation *seen_r)
{
	struct observation *seen = c->facts.seen;

	seen->serial++;
	memset(seen_r, 0, sizeof(*seen_r));
	memcpy(seen_r, seen, OBSERVATION_HEAD_BYTES);
	seen_r->flow = *c->flow;
	seen_r->at = c->facts.at;
	handshake_facts(c, &seen_r->tls);
	if (seen->mark_count > 0)
		memcpy(seen_r->marks, c->facts.marks.all,
		    seen->mark_count * sizeof(seen_r->marks[0]));
	if (seen_r->final)
		return;
	if (seen_r->established == FACT_FALSE)
		seen_r->established = FACT_UNKNOWN;
	if (seen_r->credentials == FACT_FALSE)
		seen_r->credentials = FACT_UNKNOWN;
}

void
conversation_unread(struct conversation *c)
{
	const struct dialect *expected =
	    election_by_client(buffer_span(&c->start.said[SIDE_CLIENT]));
	struct span heard = buffer_span(&c->start.said[SIDE_SERVER]);
	bool whole;

	if (expected == NULL || heard.n == 0)
		return;
	text_copy(c->facts.seen->dialect_expected, sizeof(c->facts.seen->dialect_expected),
	    expected->name);
	c->facts.from = SIDE_SERVER;
	c->facts.guarded = !c->flow->handshake ||
	    start_first_speaker(&c->start) == SIDE_CLIENT;
	/* what it typed was not looked at: an answer to it may repeat anything */
	c->facts.typed.anything = c->facts.guarded;
	for (unsigned i = 0; i < c->start.turn_count; i++) {
		if (c->start.turns[i].from != SIDE_SERVER)
			continue;
		c->facts.at = c->start.turns[i].at;
		break;
	}
	facts_mark(&c->facts, MARK_BANNER, opening_line(heard, &whole));
}

static bool
on_dialect_port(const struct flow *flow)
{
	return dialect_by_port(flow->tuple.port[SIDE_SERVER]) != NULL;
}

bool
conversation_is_of_interest(const struct conversation *c)
{
	const struct flow *f = c->flow;

	if (c->dialect != NULL)
		return true;
	if (c->facts.seen->implicit || c->facts.seen->dialect_expected[0] != '\0')
		return c->facts.seen->dialect_expected[0] != '\0';
	return on_dialect_port(f) &&
	    f->payload_bytes[SIDE_CLIENT] + f->payload_bytes[SIDE_SERVER] > 0;
}

bool
conversation_is_unread_elsewhere(const struct conversation *c)
{
	return c->dialect == NULL && !c->facts.seen->implicit &&
	    c->facts.seen->dialect_expected[0] != '\0' && !on_dialect_port(c->flow);
}

bool
conversation_is_elsewhere(const struct conversation *c)
{
	return c->facts.seen->implicit && c->tls[SIDE_CLIENT].hello &&
	    !conversation_is_of_interest(c);
}
