/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/arrival.h"

#include "decode/checksum.h"

/* So many bad checksums without a good one are the sender's network card at work. */
enum { OFFLOAD_AFTER = 3 };

/* A mirror sends its copies back to back; nobody retransmits that soon. */
#define COPY_MAX_NS INT64_C(5000000)

void
arrival_note_bad(struct stream *s, struct half *half)
{
	if (half->sums == SUMS_OFFLOADED)
		return;
	half->bad_sums++;
	if (half->bad_sums < OFFLOAD_AFTER && half->sums != SUMS_VERIFIED)
		return;
	s->counts.offloaded++;
	half->sums = SUMS_OFFLOADED;
}

bool
arrival_checksum(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct half *half = &c->half[from];
	enum checksum sum;

	if (half->sums == SUMS_OFFLOADED ||
	    (c->state == CONNECTION_SHUNTED && !(segment->flags & TCP_RST)))
		return true;
	sum = segment_checksum(segment);
	if (sum == CHECKSUM_UNKNOWN)
		return true;
	if (sum == CHECKSUM_GOOD) {
		if (half->sums == SUMS_UNDECIDED)
			half->sums = SUMS_VERIFIED;
		if (segment->payload_bytes > 0) {
			half->sums = SUMS_PROVEN;
			half->bad_sums = 0;
		}
		return true;
	}
	if (half->sums != SUMS_UNDECIDED) {
		s->counts.bad_checksum++;
		return c->state == CONNECTION_HALF_OPEN &&
		    (segment->flags & (TCP_SYN | TCP_RST)) == TCP_SYN;
	}
	arrival_note_bad(s, half);
	return true;
}

static bool
fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
	const int64_t apart_ns = a->at_ns - b->at_ns;

	return a->seq == b->seq && a->ack == b->ack &&
	    a->payload_bytes == b->payload_bytes && a->timestamp == b->timestamp &&
	    a->ip_id == b->ip_id && a->flags == b->flags &&
	    apart_ns <= COPY_MAX_NS && apart_ns >= -COPY_MAX_NS;
}

/* The same packet again? Its bytes are compared elsewhere, whatever this says. */
static bool
is_copy(struct heard *heard, const struct segment *segment)
{
	/* Without an identifier, repeated acknowledgements look like copies. */
	const bool tells_apart = segment->ip_id != 0 || segment->payload_bytes > 0;
	const struct fingerprint now = {
		.at_ns = segment->ref.at_ns,
		.seq = segment->seq,
		.ack = segment->ack,
		.payload_bytes = segment->payload_bytes,
		.timestamp = segment->has_timestamp ? segment->timestamp : 0,
		.ip_id = segment->ip_id,
		.flags = segment->flags,
	};

	for (int i = 0; i < heard->recent_count && tells_apart; i++) {
		if (fingerprint_equal(&heard->recent[i], &now))
			return true;
	}
	heard->recent_count = heard->recent_count < FINGERPRINTS ?
	    heard->recent_count + 1 : FINGERPRINTS;
	heard->recent[heard->recent_next] = now;
	heard->recent_next = (heard->recent_next + 1) % FINGERPRINTS;
	return false;
}

static void
note_sender(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct stranger stranger;

	if ((segment->flags & TCP_RST) || c->state == CONNECTION_SHUNTED ||
	    !sender_note(&c->told->heard[from].sender, segment, &stranger))
		return;
	s->counts.strangers++;
	if (c->state == CONNECTION_FOLLOWED)
		s->listener.stranger(c->told->session, from, &stranger, false);
}

void
arrival_count(struct stream *s, struct connection *c, enum side from,
    const struct segment *segment)
{
	struct flow *flow;

	c->last_ns = segment->ref.at_ns;
	c->half[from].spoke = true;
	if (c->told == NULL)
		return;
	flow = &c->told->flow;
	flow->last = segment->ref;
	if (s->listener.segment != NULL)
		s->listener.segment(s->listener.ctx, flow, from, segment);
	if (is_copy(&c->told->heard[from], segment)) {
		flow->duplicates++;
		s->counts.duplicate_packets++;
		return;
	}
	flow->packets[from]++;
	flow->wire_bytes[from] += segment->ip_bytes;
	flow->payload_bytes[from] += segment->payload_bytes;
	note_sender(s, c, from, segment);
}
