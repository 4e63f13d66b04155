/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/doubt.h"

#include "stream/arrival.h"
#include "stream/held.h"
#include "stream/normaliser.h"
#include "stream/sequence.h"

/* More than an initial window (RFC 6928): the first acknowledgement ends all doubt. */
enum { DOUBTED_MAX = 16 };

void
doubt_hold(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct heard *other = &c->told->heard[side_other(from)];

	if (segment->flags & (TCP_SYN | TCP_RST))
		return;
	if (segment->flags & TCP_ACK) {
		other->has_doubtful_ack = true;
		other->doubtful_ack = segment->ack;
	}
	if (segment->payload_bytes > 0 || (segment->flags & TCP_FIN))
		held_add(s, &c->told->doubted, DOUBTED_MAX, from, segment);
}

/* By a segment that is not in doubt itself. */
static bool
is_acknowledged(const struct half *half, uint32_t end)
{
	return half->has_acked && !sequence_after(end, half->acked);
}

/* By one that is, where all data are. */
static bool
is_acknowledged_alike(const struct connection *c, enum side from, uint32_t end)
{
	const struct heard *heard = &c->told->heard[from];

	return c->half[SIDE_CLIENT].sums != SUMS_PROVEN &&
	    c->half[SIDE_SERVER].sums != SUMS_PROVEN && heard->has_doubtful_ack &&
	    sequence_near(end, heard->doubtful_ack) &&
	    !sequence_after(end, heard->doubtful_ack);
}

/* A good copy came, or the connection is elsewhere. */
static bool
is_superseded(const struct connection *c, enum side from, const struct segment *segment,
    uint32_t end)
{
	const struct half *half = &c->half[from];
	const uint32_t start = sequence_later(segment->seq, half->next);
	struct queue_range missing;

	if (!half->known)
		return false;
	return !sequence_near(end, half->next) || !sequence_after(end, half->next) ||
	    (half->fin && (segment->flags & TCP_FIN) && end == half->fin_seq + 1) ||
	    (segment->payload_bytes > 0 && !queue_find_missing(c->told->heard[from].queue,
	    start, segment->seq + segment->payload_bytes, &missing));
}

enum doubt { DOUBT_KEEP, DOUBT_TAKE, DOUBT_DROP };

static enum doubt
judge(const struct connection *c, enum side from, const struct segment *segment)
{
	const struct half *half = &c->half[from];
	const uint32_t end = segment->seq + segment->payload_bytes +
	    ((segment->flags & TCP_FIN) != 0);

	if (is_superseded(c, from, segment, end))
		return DOUBT_DROP;
	/* only a FIN can be what is acknowledged right behind all that came */
	if (half->sums == SUMS_PROVEN &&
	    (segment->payload_bytes > 0 || segment->seq != half->next || half->acked != end))
		return DOUBT_KEEP;
	return is_acknowledged(half, end) || is_acknowledged_alike(c, from, end) ?
	    DOUBT_TAKE : DOUBT_KEEP;
}

void
doubt_settle(struct stream *s, struct connection *c, enum side from)
{
	unsigned left = c->told->doubted.count;

	for (; left > 0 && c->told->doubted.count > 0; left--) {
		struct held *held = held_take(&c->told->doubted);
		const enum doubt what = held->from != from ? DOUBT_KEEP :
		    judge(c, from, &held->segment);

		if (what == DOUBT_TAKE) {
			arrival_note_bad(s, &c->half[from]);
			normaliser_take_late(s, c, from, &held->segment);
		}
		if (what == DOUBT_KEEP)
			held_append(&c->told->doubted, held);
		else
			held_free(s, &held);
	}
}

/* The first in the hole that was received; it is taken from the list. */
static struct held *
find_first(struct connection *c, enum side from, const struct queue_range *hole)
{
	struct held *first = NULL;

	for (unsigned left = c->told->doubted.count; left > 0; left--) {
		struct held *held = held_take(&c->told->doubted);
		const struct segment *segment = &held->segment;
		const uint32_t end = segment->seq + segment->payload_bytes;

		if (held->from != from || !sequence_after(end, hole->start) ||
		    !sequence_after(hole->end, segment->seq) ||
		    !is_acknowledged(&c->half[from], end) ||
		    (first != NULL && !sequence_after(first->segment.seq, segment->seq))) {
			held_append(&c->told->doubted, held);
			continue;
		}
		if (first != NULL)
			held_append(&c->told->doubted, first);
		first = held;
	}
	return first;
}

/* What lies before and behind the hole was good, and is not to be compared with this. */
static void
cut(struct segment *segment, const struct queue_range *hole)
{
	const uint32_t before = hole->start - segment->seq, n = hole->end - hole->start;

	segment->seq = hole->start;
	segment->payload = span_head(span_tail(segment->payload, before), n);
	segment->payload_bytes -= before;
	if (segment->payload_bytes > n) {
		segment->payload_bytes = n;
		segment->flags &= (uint8_t)~TCP_FIN;
	}
}

bool
doubt_fill(struct stream *s, struct connection *c, enum side from, struct queue_range *hole)
{
	const struct frame_ref *at = s->at;
	struct held *held = find_first(c, from, hole);

	if (held == NULL)
		return false;
	if (sequence_after(held->segment.seq, hole->start)) {
		hole->end = held->segment.seq;
		held_append(&c->told->doubted, held);
		return false;
	}
	arrival_note_bad(s, &c->half[from]);
	cut(&held->segment, hole);
	s->at = &held->segment.ref;
	normaliser_take_content(s, c, from, &held->segment);
	s->at = at;
	held_free(s, &held);
	return true;
}
