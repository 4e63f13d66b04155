/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/sender.h"

#include <stdlib.h>

enum {
	PACKETS_MIN = 2,	/* of a sender, before another one is told from it */
	PACKETS_MIN_RESET = 3,	/* ... when nothing will come behind it */
	RUN_MAX = 4,		/* longer, and it is the route that changed */
	TTL_APART = 3,		/* routes of equal cost differ by less, mostly */
	ID_STEP_MAX = 8,	/* of a host that counts, with some lost or out of order */
	ID_JUMP_MIN = 4096,
	IN_A_ROW_MIN = 3,
};

/* Timestamps run at 1 kHz at most: some hours ahead, or ten seconds back. */
#define STAMP_AHEAD_MAX INT32_C(0x1000000)
#define STAMP_BACK_MAX INT32_C(10000)

static int
id_distance(const struct sender *s, const struct segment *segment)
{
	return abs((int16_t)(uint16_t)(segment->ip_id - s->ip_id));
}

/* Identifiers that follow each other are one host's, whatever way its packets take. */
static bool
follows(const struct sender *s, const struct segment *segment)
{
	return segment->ip_id != 0 && s->ip_id != 0 &&
	    id_distance(s, segment) <= ID_STEP_MAX;
}

static bool
has_other_stamp(const struct sender *s, const struct segment *segment)
{
	const int32_t ahead = (int32_t)(segment->timestamp - s->timestamp);

	return !segment->has_timestamp || ahead > STAMP_AHEAD_MAX || ahead < -STAMP_BACK_MAX;
}

bool
sender_ttl_differs(uint8_t ttl, uint8_t other)
{
	return abs(ttl - other) >= TTL_APART;
}

static bool
has_other_ttl(const struct sender *s, const struct segment *segment)
{
	return sender_ttl_differs(segment->ttl, s->ttl);
}

static struct stranger
compare(const struct sender *s, const struct segment *segment)
{
	if (follows(s, segment))
		return (struct stranger){ 0 };
	return (struct stranger){
		.at = segment->ref,
		.ttl = segment->ttl,
		.usual_ttl = s->ttl,
		.other_ttl = has_other_ttl(s, segment),
		.other_id = s->counted >= IN_A_ROW_MIN && segment->ip_id != 0 &&
		    id_distance(s, segment) >= ID_JUMP_MIN,
		.other_timestamp = s->stamped >= IN_A_ROW_MIN && has_other_stamp(s, segment),
	};
}

static uint8_t
one_more(uint8_t n)
{
	return n < UINT8_MAX ? n + 1 : n;
}

static void
learn(struct sender *s, const struct segment *segment)
{
	if (s->packets == 0 || !has_other_ttl(s, segment))
		s->ttl = segment->ttl;
	s->counted = follows(s, segment) ? one_more(s->counted) : 0;
	s->stamped = segment->has_timestamp ? one_more(s->stamped) : 0;
	s->ip_id = segment->ip_id;
	s->timestamp = segment->timestamp;
	s->packets = one_more(s->packets);
	s->foreign_run = 0;
	s->has_stranger = false;
}

/* Another one from here on: a route, or a proxy that has opened the connection. */
static void
start_again(struct sender *s, const struct segment *segment)
{
	*s = (struct sender){ .is_mixed = s->is_mixed, .is_late = s->is_late,
		.has_newest = s->has_newest, .newest = s->newest };
	learn(s, segment);
}

/* Hosts drop what is older than what they had (RFC 7323 section 5.3). */
static void
note_age(struct sender *s, const struct segment *segment)
{
	if (!segment->has_timestamp)
		return;
	s->is_late = s->has_newest && (int32_t)(segment->timestamp - s->newest) < 0;
	if (!s->is_late)
		s->newest = segment->timestamp;
	s->has_newest = true;
}

bool
sender_note(struct sender *s, const struct segment *segment, struct stranger *stranger_r)
{
	const struct stranger now = compare(s, segment);
	const bool is_foreign = now.other_ttl || now.other_id || now.other_timestamp;
	bool has_one = false;

	note_age(s, segment);
	s->is_mixed = s->is_mixed || (s->packets > 0 && has_other_ttl(s, segment));
	if (s->packets == 0 || !is_foreign) {
		*stranger_r = s->stranger;
		has_one = s->has_stranger;
		learn(s, segment);
	} else if (s->packets < PACKETS_MIN || ++s->foreign_run > RUN_MAX) {
		start_again(s, segment);
	} else if (segment->payload_bytes > 0 && !s->has_stranger) {
		s->stranger = now;
		s->has_stranger = true;
	}
	return has_one;
}

bool
sender_is_foreign_reset(const struct sender *s, const struct segment *segment,
    struct stranger *stranger_r)
{
	*stranger_r = compare(s, segment);
	return s->packets >= PACKETS_MIN_RESET && s->foreign_run == 0 && stranger_r->other_ttl;
}

bool
sender_is_foreign_syn(const struct sender *s, const struct segment *segment)
{
	return s->packets >= PACKETS_MIN && s->foreign_run == 0 && has_other_ttl(s, segment);
}
