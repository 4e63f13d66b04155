/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes become segments of a few connections. Beside the sanitizers, what
 * the listener is told is held against what must be true: the low seven bits
 * of every payload byte are those of its sequence number, so bytes out of
 * place, made-up ones, and gaps of the wrong size are all noticed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "stream/stream.h"

enum {
	FLOWS = 4,
	RECORD_BYTES = 8,
	PAYLOAD_MAX = 65536 + 512,
};

struct session {
	bool used, stopped;
	bool known[2];		/* what the next byte must be */
	uint8_t next[2];
	uint64_t gap[2];	/* the one in front of it */
	const struct flow *flow;
};

static struct {
	struct session session[2 * FLOWS];
	size_t opens, closes;
	uint8_t stop_at;	/* STREAM_STOP or _FORGET at about each such call; 0 never */
	uint8_t calls;
} told;

static void
check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_stream: not true: %s\n", what);
	abort();
}

/* What is said from that place on: bytes that know where they are, by their low seven bits. */
static const uint8_t *
said_from(uint32_t place, bool lies)
{
	static uint8_t said[2][PAYLOAD_MAX + 128];

	if (said[1][0] == 0) {
		for (size_t i = 0; i < sizeof(said[0]); i++) {
			said[0][i] = i & 0x7f;
			said[1][i] = said[0][i] | 0x80;
		}
	}
	return said[lies] + (place & 0x7f);
}

static bool
is_true(struct span bytes, uint8_t place)
{
	return bytes.n <= PAYLOAD_MAX && memcmp(bytes.p, said_from(place, false), bytes.n) == 0;
}

static enum stream_want
want(struct session *session)
{
	told.calls++;
	session->stopped = told.stop_at != 0 && told.calls % told.stop_at == 0;
	if (!session->stopped)
		return STREAM_MORE;
	if (told.calls % 2 == 0)
		return STREAM_STOP;
	session->used = false;		/* nothing more may come, no end either */
	told.closes++;
	return STREAM_FORGET;
}

static void *
on_open(void *ctx, const struct flow *flow)
{
	size_t i = 0;

	(void)ctx;
	while (i < 2 * FLOWS - 1 && told.session[i].used)
		i++;
	check(!told.session[i].used, "no more sessions than fit");
	told.session[i] = (struct session){ .used = true, .flow = flow };
	told.opens++;
	return &told.session[i];
}

static void
check_session(const struct session *session)
{
	check(session->used, "a session is told of before it is closed");
	check(!session->stopped, "a stopped session is told no more");
	check(session->flow->phase == FLOW_ESTABLISHED, "its flow is established");
}

/* A gap behind which nothing was said may have been none: then this lies in it. */
static void
look_into_gap(struct session *session, enum side from, uint8_t place)
{
	if (((session->next[from] - place) & 0x7fU) <= session->gap[from])
		session->next[from] = place;
	session->gap[from] = 0;
}

static enum stream_want
on_bytes(void *ctx, enum side from, struct span bytes, const struct frame_ref *at)
{
	struct session *session = ctx;

	check_session(session);
	check(bytes.n > 0 && at != NULL, "bytes are some, from some frame");
	if (!session->known[from])
		session->next[from] = bytes.p[0] & 0x7f;
	session->known[from] = true;
	look_into_gap(session, from, bytes.p[0] & 0x7f);
	if (!is_true(bytes, session->next[from])) {
		for (size_t i = 0; i < bytes.n; i++)
			check((bytes.p[i] & 0x7f) == ((session->next[from] + i) & 0x7f),
			    "bytes are in place");
	}
	session->next[from] = (uint8_t)((session->next[from] + bytes.n) & 0x7f);
	return want(session);
}

static enum stream_want
on_gap(void *ctx, enum side from, uint64_t count, const struct frame_ref *at)
{
	struct session *session = ctx;

	check_session(session);
	check(count > 0 && at != NULL, "a gap is not empty");
	check(session->flow->gap_bytes[from] >= count, "a gap is counted");
	session->next[from] = (uint8_t)((session->next[from] + count) & 0x7f);
	session->gap[from] += count;
	/* so is a leap back told, behind which any byte may come */
	if (count == 1)
		session->known[from] = false;
	return want(session);
}

static enum stream_want
on_conflict(void *ctx, enum side from, struct span kept, struct span other,
    const struct frame_ref *at)
{
	struct session *session = ctx;

	(void)from;
	check_session(session);
	check(kept.n == other.n && !span_equals(kept, other) && at != NULL,
	    "a conflict is of different bytes");
	for (size_t i = 0; i < kept.n; i++)
		check(((kept.p[i] ^ other.p[i]) & 0x7f) == 0, "... for the same place");
	return want(session);
}

static void
on_stranger(void *ctx, enum side from, const struct stranger *stranger, bool is_reset)
{
	(void)from;
	check_session(ctx);
	check(stranger->other_ttl || (!is_reset &&
	    (stranger->other_id || stranger->other_timestamp)),
	    "a stranger differs");
	check(stranger->at.number > 0, "... and came with a frame");
}

static enum stream_want
on_reset(void *ctx, enum side from, bool outlived, const struct frame_ref *at)
{
	struct session *session = ctx;

	(void)from;
	check_session(session);
	check(at != NULL && (session->flow->end == FLOW_RST) == !outlived,
	    "a reset is the end until it is outlived");
	return want(session);
}

static enum stream_want
on_finished(void *ctx, const struct frame_ref *at)
{
	struct session *session = ctx;

	check_session(session);
	check(at != NULL && session->flow->end == FLOW_FIN, "a farewell is the end until then");
	return want(session);
}

static void
on_close(void *ctx, const struct frame_ref *at)
{
	struct session *session = ctx;

	check(session->used && at != NULL, "a session is closed once");
	check(session->flow->phase == FLOW_CLOSED && session->flow->end != FLOW_OPEN,
	    "a closed flow has an end");
	session->used = false;
	told.closes++;
}

static void
on_attempt(void *ctx, const struct flow *flow)
{
	(void)ctx;
	check(flow->phase == FLOW_CLOSED ? flow->end != FLOW_OPEN :
	    flow->phase == FLOW_NEW && (flow->end == FLOW_OPEN || flow->end == FLOW_RST),
	    "an attempt has an end, or none yet but a refusal");
}

/* Where both sides of a connection are. */
static uint32_t next[FLOWS][2];

static uint32_t
number(uint32_t base, unsigned mode, int offset)
{
	switch (mode) {
	case 0:
		return base;
	case 1:
		return base + (uint32_t)offset;
	case 2:
		return base + (uint32_t)offset * 64;
	default:
		return base + (uint32_t)offset * 65536;
	}
}

static void
set_addresses(struct segment *segment, unsigned flow, unsigned side)
{
	const uint16_t port[2] = { (uint16_t)(40000 + flow), 25 };

	for (unsigned i = 0; i < 2; i++) {
		const unsigned who = i ^ side;

		segment->addr[i] = (struct address){ .family = flow & 1 ? 6 : 4,
			.bytes = { 192, 0, 2, (uint8_t)(1 + who) } };
		segment->port[i] = port[who];
	}
}

static void
play_record(struct stream *stream, const uint8_t *record, struct frame_ref *ref)
{
	const unsigned flow = record[0] & 3, side = record[0] >> 2 & 1;
	const int offset = (int8_t)record[2], ack_offset = (int8_t)record[4];
	const uint32_t n = record[5] < 240 ? record[5] : (record[5] - 239U) * 4096;
	const bool lies = record[0] & 0x80;
	struct segment segment = { .checksum = CHECKSUM_GOOD, .ip_id = record[7] & 15 };

	set_addresses(&segment, flow, side);
	ref->number++;
	ref->at_ns += record[6] < 250 ? record[6] * INT64_C(1000000) :
	    record[6] * INT64_C(20000000000);
	segment.ref = *ref;
	segment.seq = number(next[flow][side], record[0] >> 3 & 3, offset);
	segment.ack = number(next[flow][!side], record[0] >> 5 & 3, ack_offset);
	segment.flags = record[1] & 0x3f;
	if (record[1] & 0x40)
		segment.checksum = record[7] & 16 ? CHECKSUM_UNKNOWN : CHECKSUM_BAD;
	segment.payload = span_of(said_from(segment.seq + ((segment.flags & TCP_SYN) != 0), lies),
	    record[1] & 0x80 ? n / 2 : n);
	segment.payload_bytes = record[3] == 255 ? UINT32_MAX - record[7] :
	    n + (n == 0 && record[1] & 0x80 ? record[3] : 0);
	if (segment.payload_bytes < segment.payload.n)
		segment.payload_bytes = n;
	segment.ip_bytes = 40 + n;
	if ((record[0] >> 3 & 3) < 2)
		next[flow][side] = segment.seq + n +
		    ((segment.flags & (TCP_SYN | TCP_FIN)) != 0);
	stream_segment(stream, &segment);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* so few that four connections fill all tables at once */
	const struct stream_limits limits = { .established_max = 2, .half_open_max = 2 };
	const struct stream_listener listener = { NULL, on_open, on_bytes, on_gap,
		on_conflict, on_stranger, on_reset, on_finished, on_close, on_attempt, NULL,
		NULL };
	struct frame_ref ref = { .at_ns = 1 };
	struct err e;
	struct stream *stream = stream_new(&limits, &listener, &e);

	check(stream != NULL, "a stream can be made");
	memset(&told, 0, sizeof(told));
	for (unsigned i = 0; i < FLOWS; i++) {
		next[i][0] = UINT32_MAX - 300;
		next[i][1] = 7000;
	}
	if (size > 0)
		told.stop_at = data[0];
	for (size_t at = 1; at + RECORD_BYTES <= size; at += RECORD_BYTES)
		play_record(stream, data + at, &ref);
	if (size % 2 == 0)
		stream_finish(stream);
	check(size % 2 != 0 || told.opens == told.closes, "every session is closed");
	stream_free(&stream);
	return 0;
}
