/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/reuse.h"

#include "stream/sequence.h"

/* The SYN among those held that a SYN-ACK answers: rather without its data than with it. */
static const struct held *
answered(const struct held *first, enum side from, const struct segment *answer)
{
	const struct held *with_data = NULL;

	for (const struct held *syn = first; syn != NULL; syn = syn->next) {
		const uint32_t taken = answer->ack - (syn->segment.seq + 1);

		if (held_kind(&syn->segment) != HELD_SYN || syn->from == from)
			continue;
		if (taken == 0)
			return syn;
		if (with_data == NULL && taken <= syn->segment.payload_bytes)
			with_data = syn;
	}
	return with_data;
}

/* Was the whole handshake seen, as far as is known? */
static bool
is_whole(const struct connection *c)
{
	return c->told == NULL || c->told->flow.handshake;
}

/* Nobody is known to have asked: it may have been picked up the wrong way round. */
static bool
may_be_reversed(const struct connection *c)
{
	return !is_whole(c) && c->told->handshake[SIDE_CLIENT].syns == 0;
}

/*
 * A SYN or SYN-ACK of another handshake than that of the connection. One that was picked
 * up may have the same numbers, made up by somebody who knew them.
 */
static bool
is_new(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from], *other = &c->half[side_other(from)];
	const bool is_syn = held_kind(segment) == HELD_SYN;
	const enum side client = is_syn ? from : side_other(from);

	return !half->known || segment->seq + 1 != half->first ||
	    (!is_syn && other->known && !sequence_near(segment->ack, other->first)) ||
	    (client == SIDE_SERVER && may_be_reversed(c)) ||
	    (!is_syn && !is_whole(c) && answered(c->held.first, from, segment) != NULL);
}

/* For all that is known nothing more comes of the connection. */
static bool
has_ended(const struct connection *c)
{
	return c->state == CONNECTION_CLOSED || (c->told != NULL && c->told->reset.seen) ||
	    (c->half[SIDE_CLIENT].fin && c->half[SIDE_SERVER].fin);
}

/* Is it used again from somewhere else, though it has not ended? */
static bool
is_foreign(const struct connection *c, enum side from, const struct segment *segment)
{
	/* of those that nobody wants to hear of their senders are not known either */
	return c->told != NULL && !has_ended(c) && !c->half[SIDE_CLIENT].fin &&
	    !c->half[SIDE_SERVER].fin &&
	    sender_is_foreign_syn(&c->told->heard[from].sender, segment);
}

/* At the first byte behind that SYN or SYN-ACK, or so far ahead. */
static bool
is_behind(uint32_t number, const struct held *begun)
{
	const int32_t ahead = sequence_diff(number, begun->segment.seq + 1);

	return ahead >= 0 && ahead <= SEQUENCE_WINDOW;
}

/* By its own number, or by what it acknowledges. */
static bool
continues(const struct held *begun, enum side from, const struct segment *segment)
{
	return is_behind(from == begun->from ? segment->seq : segment->ack, begun);
}

/* Out of the window of the connection, and what is held of a new one may go on with it. */
static bool
is_elsewhere(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct held *held = c->held.first;

	if (!c->half[from].known || sequence_near(segment->seq, c->half[from].next))
		return false;
	if (has_ended(c))
		return true;
	while (held != NULL && (held_kind(&held->segment) == HELD_CONTENT ||
	    !continues(held, from, segment)))
		held = held->next;
	return held != NULL;
}

bool
reuse_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	const enum held_kind kind = held_kind(segment);

	if (kind == HELD_CONTENT)
		return is_elsewhere(c, from, segment) &&
		    held_add(s, &c->held, HELD_MAX, from, segment);
	if (!is_new(c, from, segment))
		return false;
	if (!held_add(s, &c->held, HELD_MAX, from, segment)) {
		held_drop_oldest(s, &c->held, kind);
		held_add(s, &c->held, HELD_MAX, from, segment);
	}
	return true;
}

/* Of what a new connection begins. */
struct beginning {
	const struct held *now;		/* the latest, and all others behind it */
	const struct held *syn;		/* its answer where the tap does not hear the client */
	const struct held *answer;	/* or NULL */
};

/* Does it say anything of its own? A reset does not. */
static bool
is_content(const struct held *held)
{
	return held_kind(&held->segment) == HELD_CONTENT && !(held->segment.flags & TCP_RST);
}

/* From where the connection stands: it speaks for no handshake forged around that place. */
static bool
goes_on(const struct connection *c, const struct held *held)
{
	return held->segment.seq == c->half[held->from].next;
}

/* Exactly behind what its sender has begun with, and with the other's number. */
static bool
confirms(const struct connection *c, const struct beginning *b, const struct held *held)
{
	const struct segment *segment = &held->segment;

	if (!is_content(held) || (is_whole(c) && goes_on(c, held)))
		return false;
	if (held->from != b->syn->from)
		return segment->seq == b->answer->segment.seq + 1 &&
		    is_behind(segment->ack, b->syn);
	return is_behind(segment->ack, b->answer) &&
	    segment->seq - (b->syn->segment.seq + 1) <= b->syn->segment.payload_bytes;
}

/*
 * The same where the tap hears that side only: nobody acknowledges. Whose SYN is
 * not heard has used the ports again only if the old connection has ended.
 */
static bool
confirms_alone(const struct connection *c, const struct held *begun, const struct held *held)
{
	const struct segment *segment = &held->segment;

	return is_content(held) && held->from == begun->from &&
	    !c->half[side_other(begun->from)].spoke &&
	    segment->seq == begun->segment.seq + 1 && !goes_on(c, held) &&
	    !is_foreign(c, begun->from, &begun->segment) &&
	    (held_kind(&begun->segment) == HELD_SYN ||
	    (has_ended(c) && segment->ack - begun->segment.ack <= (uint32_t)SEQUENCE_WINDOW));
}

static bool
is_confirmed(const struct connection *c, const struct beginning *b)
{
	const struct held *held = b->now;

	while (held != NULL && !(b->answer != NULL ? confirms(c, b, held) :
	    confirms_alone(c, b->syn, held)))
		held = held->next;
	return held != NULL;
}

/* Has a new connection begun with that SYN? Where the old one was closed it is enough. */
static bool
begins(const struct connection *c, struct beginning *b)
{
	const enum held_kind kind = held_kind(&b->syn->segment);
	const bool enough = c->state == CONNECTION_CLOSED && kind == HELD_SYN;

	if (kind == HELD_CONTENT)
		return false;
	for (b->answer = b->now; b->answer != NULL; b->answer = b->answer->next) {
		if (held_kind(&b->answer->segment) == HELD_ANSWER &&
		    answered(b->now, b->answer->from, &b->answer->segment) == b->syn &&
		    (enough || is_confirmed(c, b)))
			return true;
	}
	return enough || is_confirmed(c, b);
}

/* Of one connection, as far as numbers tell. */
static bool
agree(const struct held *a, const struct held *b)
{
	const bool alike = a->from == b->from;

	return sequence_near(a->segment.seq, alike ? b->segment.seq : b->segment.ack) &&
	    (!(a->segment.flags & TCP_ACK) ||
	    sequence_near(a->segment.ack, alike ? b->segment.ack : b->segment.seq));
}

/*
 * Behind an end: do both sides say so, or the only one that is heard, and more often
 * than what is early would be held?
 */
static bool
is_under_way(const struct connection *c, const struct held *now)
{
	unsigned count[2] = { 0 };

	if (!has_ended(c) || !is_content(now) ||
	    !is_elsewhere(c, now->from, &now->segment))
		return false;
	for (const struct held *held = now; held != NULL; held = held->next)
		count[held->from] += held_kind(&held->segment) == HELD_CONTENT &&
		    agree(held, now);
	return count[0] + count[1] > HELD_MAX && (count[side_other(now->from)] > 0 ||
	    !c->half[side_other(now->from)].spoke);
}

static bool
belongs(const struct beginning *b, const struct held *held)
{
	const bool is_syn = held_kind(&held->segment) != HELD_CONTENT;

	if (b->syn == NULL)
		return is_syn ? continues(held, b->now->from, &b->now->segment) :
		    agree(held, b->now);
	if (is_syn)
		return held == b->syn || held == b->answer;
	return continues(b->syn, held->from, &held->segment) ||
	    (b->answer != NULL && continues(b->answer, held->from, &held->segment));
}

/* The others led nowhere. */
static void
take_beginning(struct stream *s, struct connection *c, const struct beginning *b,
    struct held_list begin_r[HELD_KINDS])
{
	struct held *held;

	for (int kind = 0; kind < HELD_KINDS; kind++)
		begin_r[kind] = (struct held_list){ 0 };
	while ((held = held_take(&c->held)) != NULL) {
		if (belongs(b, held))
			held_append(&begin_r[held_kind(&held->segment)], held);
		else
			held_free(s, &held);
	}
}

enum reuse
reuse_take(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment, struct held_list begin_r[HELD_KINDS])
{
	const bool is_syn = (segment->flags & TCP_SYN) != 0;
	const struct held now = { .next = c->held.first, .from = from, .segment = *segment };
	struct beginning b = { .now = &now, .syn = &now };

	if (is_syn && ((segment->flags & TCP_RST) || !is_new(c, from, segment)))
		return REUSE_NONE;
	/*
	 * Another host behind an address translator sends a SYN from elsewhere, too: the answer
	 * tells. Both may only contradict what was picked up.
	 */
	if (is_syn && is_foreign(c, from, segment)) {
		s->counts.forged_syns++;
		if (held_kind(segment) == HELD_ANSWER && is_whole(c))
			return REUSE_HELD;
	}
	while (b.syn != NULL && !begins(c, &b))
		b.syn = b.syn->next;
	if (b.syn == NULL && !is_under_way(c, &now))
		return reuse_hold(s, c, from, segment) ? REUSE_HELD : REUSE_NONE;
	take_beginning(s, c, &b, begin_r);
	return REUSE_BEGUN;
}
