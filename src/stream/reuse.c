/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/reuse.h"

#include "stream/handshake.h"
#include "stream/held.h"
#include "stream/sequence.h"

static bool
is_answer(const struct segment *segment)
{
	return (segment->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
}

static bool
answers(const struct held *syn, enum side from, const struct segment *segment)
{
	return !is_answer(&syn->segment) && from != syn->from &&
	    segment->ack - (syn->segment.seq + 1) <= syn->segment.payload_bytes;
}

/* The SYN among those held that this SYN-ACK answers, or NULL. */
static const struct held *
answered(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct held *syn = c->held.first;

	while (syn != NULL && !answers(syn, from, segment))
		syn = syn->next;
	return syn;
}

/* The ports of a connection that has not ended are not used again from somewhere else. */
static bool
is_forged(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct told *told = c->told;

	/* of those that nobody wants to hear of their senders are not known either */
	return told != NULL && !told->reset.seen && !c->half[SIDE_CLIENT].fin &&
	    !c->half[SIDE_SERVER].fin &&
	    sender_is_foreign_syn(&told->heard[from].sender, segment);
}

bool
reuse_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	/* answers do not push out what they answer */
	unsigned max = is_answer(segment) ? 2 * HELD_MAX : HELD_MAX;

	if (is_answer(segment) ? answered(c, from, segment) == NULL :
	    !handshake_is_new_syn(c, from, segment))
		return false;
	if (is_forged(c, from, segment)) {
		s->counts.forged_syns++;
		return true;
	}
	if (c->held.count >= max) {
		struct held *oldest = held_take(&c->held);

		held_free(s, &oldest);
	}
	held_add(s, &c->held, max, from, segment);
	return true;
}

/* Of the one that answers: behind its own SYN, and with the other's number. */
static bool
is_behind_answer(const struct held *syn, const struct held *answer, enum side from,
    const struct segment *segment)
{
	const uint32_t client = syn->segment.seq + 1, server = answer->segment.seq + 1;
	const int32_t ahead = sequence_diff(segment->ack, from == syn->from ? server : client);

	return ahead >= 0 && ahead <= SEQUENCE_WINDOW &&
	    (from == syn->from ? segment->seq - client <= syn->segment.payload_bytes :
	    segment->seq == server);
}

static bool
confirms(const struct connection *c, const struct held *syn, enum side from,
    const struct segment *segment, const struct held **answer_r)
{
	*answer_r = NULL;
	if (is_answer(&syn->segment))
		return false;
	for (const struct held *held = syn->next; held != NULL; held = held->next) {
		*answer_r = held;
		if (is_answer(&held->segment) && answers(syn, held->from, &held->segment) &&
		    is_behind_answer(syn, held, from, segment))
			return true;
	}
	*answer_r = NULL;
	return !c->half[side_other(syn->from)].spoke && from == syn->from &&
	    segment->seq == syn->segment.seq + 1;
}

bool
reuse_confirmed(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment, struct held_list *begin_r)
{
	const struct held *syn = c->held.first, *answer = NULL;
	struct held *held;

	*begin_r = (struct held_list){ 0 };
	if (segment->flags & (TCP_SYN | TCP_RST))
		return false;
	while (syn != NULL && !confirms(c, syn, from, segment, &answer))
		syn = syn->next;
	if (syn == NULL)
		return false;
	/* the others led nowhere */
	while ((held = held_take(&c->held)) != NULL) {
		if (held == syn || held == answer)
			held_append(begin_r, held);
		else
			held_free(s, &held);
	}
	return true;
}
