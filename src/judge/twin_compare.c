/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/twin_compare.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* Equal texts, equal hashes, in every run; 0 for no text. */
static uint64_t
text_hash(const char *text)
{
	static const struct hash_key fixed = { { 0x7477696e20746578, 0x742c206861736865 } };

	return text[0] != '\0' ? hash_bytes(&fixed, text, strlen(text)) : 0;
}

/* By a word of either side, not because the capture did. */
static bool
has_ended(const struct flow *f)
{
	return f->fin_by[0] || f->fin_by[1] || f->reset_by[0] || f->reset_by[1];
}

/* Of two versions of the same bytes nobody knows which one arrived. */
static bool
is_unbroken(const struct observation *o)
{
	return observation_seen_whole(o) && !observation_has(o, MARK_CONFLICT);
}

void
twin_side_of(const struct observation *o, struct twin_side *s)
{
	const struct mark *payload = observation_mark(o, MARK_PAYLOAD);

	*s = (struct twin_side){
		.flow_id = o->flow.id,
		.first_ns = o->flow.first.at_ns,
		.last_ns = o->flow.last.at_ns,
		.initial_seq = { o->flow.initial_seq[0], o->flow.initial_seq[1] },
		.client = o->flow.tuple.addr[SIDE_CLIENT],
		.client_name_hash = o->client_name_hash,
		.payload_hash = payload != NULL ? text_hash(payload->text) : 0,
		.client_random_hash = o->tls.client_random_hash,
		.certificate_hash = text_hash(o->tls.certificate.fingerprint_sha256),
		.offered = o->offered,
		.requested = o->requested,
		.accepted = o->accepted,
		.established = o->established,
		.tap = o->flow.tuple.tap,
		.marked = o->marked,
		.reset_by = { o->flow.reset_by[0], o->flow.reset_by[1] },
		.handshake = o->flow.handshake,
		.unbroken = is_unbroken(o),
		.whole = is_unbroken(o) && has_ended(&o->flow),
		.in_clear = observation_exposed_anywhere(o),
	};
	text_copy(s->reply, sizeof(s->reply), o->reply);
}

/*
 * What follows holds two sides against each other. What one of them shows counts
 * where it was seen without a hole: behind one, words are misread. What it lacks,
 * or had until then, counts where it was also seen to its end.
 */

static bool
has(const struct twin_side *s, enum mark_kind kind)
{
	return (s->marked >> kind & 1) != 0;
}

/* A reset that its sender outlived at the other tap was no end: what came then was not seen. */
static bool
is_whole_beside(const struct twin_side *s, const struct twin_side *other)
{
	bool reset = s->reset_by[SIDE_CLIENT] || s->reset_by[SIDE_SERVER];

	return s->whole && !(reset && has(other, MARK_RESET_OUTLIVED) &&
	    !has(s, MARK_RESET_OUTLIVED));
}

static bool
offered_only_at(const struct twin_side *a, const struct twin_side *b)
{
	return a->offered == FACT_TRUE && a->unbroken && b->offered == FACT_FALSE &&
	    is_whole_beside(b, a);
}

static bool
hashes_differ(uint64_t a, uint64_t b)
{
	return a != 0 && b != 0 && a != b;
}

static bool
asked_only_at(const struct twin_side *a, const struct twin_side *b)
{
	return a->requested == FACT_TRUE && a->unbroken && b->requested == FACT_FALSE &&
	    is_whole_beside(b, a);
}

/*
 * That there was TLS needs no more sight than it takes to see it. Where both saw
 * the ServerHello, one of them may not have seen what became of it.
 */
static bool
tls_only_at(const struct twin_side *a, const struct twin_side *b)
{
	bool both = has(a, MARK_SERVER_HELLO) && has(b, MARK_SERVER_HELLO) &&
	    !has(a, MARK_TLS_PROTECTED);

	return a->established == FACT_TRUE && b->established != FACT_TRUE && b->in_clear &&
	    !both && is_whole_beside(b, a);
}

/* Both went to their ends, so the last answer of the one is the last of the other. */
static bool
replies_differ(const struct twin_side *a, const struct twin_side *b)
{
	return is_whole_beside(a, b) && is_whole_beside(b, a) && a->reply[0] != '\0' &&
	    b->reply[0] != '\0' && strcmp(a->reply, b->reply) != 0;
}

/* There is one first hello, and one certificate. */
static bool
handshakes_differ(const struct twin_side *a, const struct twin_side *b)
{
	return a->unbroken && b->unbroken &&
	    (hashes_differ(a->client_random_hash, b->client_random_hash) ||
	    hashes_differ(a->certificate_hash, b->certificate_hash));
}

/* The request left one tap, an answer came back to it, and the other tap saw none. */
static bool
dropped(const struct twin_side *a, const struct twin_side *b)
{
	return asked_only_at(a, b) && a->accepted == FACT_FALSE;
}

/*
 * What a tap that sees everything has to see when the other one does, or what it
 * takes it for: which of two sides spoke first depends on where the tap is.
 */
static const struct {
	enum mark_kind kind;
	enum side from;
	enum twin_difference difference;
	enum mark_kind or_kind;		/* MARK_BANNER: nothing else will do */
} telling[] = {
	{ MARK_BANNER_MASKED, SIDE_SERVER, TWIN_LISTING, MARK_BANNER },
	{ MARK_TOKEN_MASKED, SIDE_SERVER, TWIN_LISTING, MARK_BANNER },
	{ MARK_TOKEN_CORRUPTED, SIDE_SERVER, TWIN_LISTING, MARK_BANNER },
	{ MARK_LISTING_REFUSED, SIDE_SERVER, TWIN_LISTING, MARK_BANNER },
	{ MARK_OFFER_WITHDRAWN, SIDE_SERVER, TWIN_LISTING, MARK_BANNER },
	{ MARK_COMMAND_CORRUPTED, SIDE_CLIENT, TWIN_REQUEST, MARK_BANNER },
	{ MARK_INJECTED_COMMAND, SIDE_CLIENT, TWIN_REQUEST, MARK_CLEAR_AFTER_ACCEPT },
	{ MARK_INJECTED_RESPONSE, SIDE_SERVER, TWIN_REPLY, MARK_BANNER },
	{ MARK_CLIENT_HELLO, SIDE_CLIENT, TWIN_HANDSHAKE, MARK_BANNER },
	{ MARK_SERVER_HELLO, SIDE_SERVER, TWIN_HANDSHAKE, MARK_BANNER },
	{ MARK_TLS_GARBAGE, SIDE_SERVER, TWIN_HANDSHAKE, MARK_BANNER },
};

/*
 * Seen at a and not at b. What was under way to a side that had just reset the
 * connection is lost by right.
 */
static unsigned
seen_only_at(const struct twin_side *a, const struct twin_side *b)
{
	unsigned d = 0;

	if (!a->unbroken || !is_whole_beside(b, a))
		return 0;
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
		if (has(a, telling[i].kind) && !has(b, telling[i].kind) &&
		    (telling[i].or_kind == MARK_BANNER || !has(b, telling[i].or_kind)) &&
		    !b->reset_by[side_other(telling[i].from)])
			d |= telling[i].difference;
	}
	return d;
}

static unsigned
differences(const struct twin_side *a, const struct twin_side *b)
{
	unsigned d = seen_only_at(a, b) | seen_only_at(b, a);
	bool drop = dropped(a, b) || dropped(b, a);

	if (offered_only_at(a, b) || offered_only_at(b, a))
		d |= TWIN_LISTING;
	if (drop)
		d |= TWIN_DROPPED;
	else if (asked_only_at(a, b) || asked_only_at(b, a))
		d |= TWIN_REQUEST;
	if (replies_differ(a, b))
		d |= TWIN_REPLY;
	if (handshakes_differ(a, b))
		d |= TWIN_HANDSHAKE;
	if (tls_only_at(a, b) || tls_only_at(b, a))
		d |= TWIN_HALF_TLS;
	/* that one of them had no handshake is said already */
	if ((d & (TWIN_HALF_TLS | TWIN_DROPPED)) != 0 && !hashes_differ(a->client_random_hash,
	    b->client_random_hash))
		d &= ~(unsigned)TWIN_HANDSHAKE;
	return d;
}

static const char *
word(enum fact fact, const char *yes, const char *no)
{
	return fact == FACT_TRUE ? yes : fact == FACT_FALSE ? no : "";
}

/* The other tap's side of the story, for the person who reads the alert. */
static void
tell(const struct twin_side *other, char text_r[TWIN_TEXT_SIZE])
{
	snprintf(text_r, TWIN_TEXT_SIZE, "%s%s%s%s%s%s",
	    word(other->offered, "offered, ", "not offered, "),
	    word(other->requested, "asked, ", "not asked, "),
	    word(other->accepted, "granted, ", "refused, "),
	    other->established == FACT_TRUE ? "under TLS" :
	    other->in_clear ? "in clear" : "no TLS",
	    other->reply[0] != '\0' ? ": " : "", other->reply);
}

struct twin
twin_compare(const struct twin_side *mine, const struct twin_side *other)
{
	struct twin twin = { .flow_id = other->flow_id,
		.other_client = other->client,
		.seen_whole = other->unbroken, .differences = differences(mine, other) };

	if (twin.differences != 0)
		tell(other, twin.says);
	return twin;
}
