/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "packets.h"

#include <stdio.h>
#include <stdlib.h>

#define MS INT64_C(1000000)

/* --- The listener: a session is its flow. --- */

/* Whose log is written; there is one stream at a time. */
static struct recorder *recorder;

static void
say(struct recorder *r, const char *word, const void *bytes, size_t n)
{
	const size_t length = strlen(word);

	if (r->quiet)
		return;
	assert_true(r->log_bytes + length + n + 2 < LOG_SIZE);
	memcpy(r->log + r->log_bytes, word, length);
	if (n > 0)
		memcpy(r->log + r->log_bytes + length, bytes, n);
	r->log_bytes += length + n;
	r->log[r->log_bytes] = '\0';
}

static void
say_word(struct recorder *r, const char *word)
{
	say(r, r->log_bytes > 0 ? " " : "", NULL, 0);
	say(r, word, NULL, 0);
	r->speaker = -1;
}

static enum stream_want
want(struct recorder *r, const struct flow *flow, const struct frame_ref *at)
{
	r->flow = *flow;
	r->last_frame = at->number;
	if (r->stop_after == 0 || r->delivered[0] + r->delivered[1] + r->lost[0] +
	    r->lost[1] < r->stop_after)
		return STREAM_MORE;
	return r->forgets ? STREAM_FORGET : STREAM_STOP;
}

static void *
on_open(void *ctx, const struct flow *flow)
{
	struct recorder *r = ctx;

	r->opens++;
	r->flow = *flow;
	assert_int_equal(flow->phase, FLOW_ESTABLISHED);
	say_word(r, flow->handshake ? "open" : "midstream");
	return (void *)(uintptr_t)flow;
}

static enum stream_want
on_bytes(void *session, enum side from, struct span bytes, const struct frame_ref *at)
{
	struct recorder *r = recorder;
	const uint64_t offset = r->delivered[from] + r->lost[from];

	assert_true(bytes.n > 0);
	if (r->said[from] != NULL)
		assert_memory_equal(bytes.p, r->said[from] + offset, bytes.n);
	if (r->speaker != (int)from)
		say_word(r, from == SIDE_CLIENT ? "C=" : "S=");
	say(r, "", bytes.p, bytes.n);
	r->speaker = (int)from;
	r->delivered[from] += bytes.n;
	return want(r, session, at);
}

static enum stream_want
on_gap(void *session, enum side from, uint64_t count, const struct frame_ref *at)
{
	struct recorder *r = recorder;
	char word[40];

	assert_true(count > 0);
	snprintf(word, sizeof(word), "%cgap%llu", from == SIDE_CLIENT ? 'C' : 'S',
	    (unsigned long long)count);
	say_word(r, word);
	r->lost[from] += count;
	return want(r, session, at);
}

static enum stream_want
on_conflict(void *session, enum side from, struct span kept, struct span other,
    const struct frame_ref *at)
{
	struct recorder *r = recorder;

	assert_true(other.n == kept.n || other.n == 0);
	say_word(r, from == SIDE_CLIENT ? "C!" : "S!");
	say(r, "", kept.p, kept.n);
	say(r, "|", other.p, other.n);
	return want(r, session, at);
}

static void
on_stranger(void *session, enum side from, const struct stranger *stranger, bool is_reset)
{
	struct recorder *r = recorder;
	char word[40];

	(void)session;
	snprintf(word, sizeof(word), "%c?%llu%s%s%s%s", from == SIDE_CLIENT ? 'C' : 'S',
	    (unsigned long long)stranger->at.number, stranger->other_ttl ? "ttl" : "",
	    stranger->other_id ? "id" : "", stranger->other_timestamp ? "time" : "",
	    is_reset ? "rst" : "");
	say_word(r, word);
}

static enum stream_want
on_reset(void *session, enum side from, bool outlived, const struct frame_ref *at)
{
	struct recorder *r = recorder;

	say_word(r, from == SIDE_CLIENT ? "C" : "S");
	say(r, outlived ? "lives" : "reset", NULL, 0);
	assert_true(at->number > 0);
	return want(r, session, at);
}

static enum stream_want
on_finished(void *session, const struct frame_ref *at)
{
	struct recorder *r = recorder;

	say_word(r, "left");
	return want(r, session, at);
}

static const char *
end_name(const struct flow *flow)
{
	static const char *const names[] = {
		[FLOW_OPEN] = "open?", [FLOW_FIN] = "fin", [FLOW_RST] = "rst",
		[FLOW_IDLE] = "idle", [FLOW_EVICTED] = "evicted",
		[FLOW_REUSED] = "reused", [FLOW_INPUT_END] = "end",
	};

	assert_int_equal(flow->phase, FLOW_CLOSED);
	return names[flow->end];
}

static void
on_close(void *session, const struct frame_ref *at)
{
	struct recorder *r = recorder;

	r->closes++;
	(void)want(r, session, at);
	r->closed = r->flow;
	say_word(r, end_name(&r->flow));
}

static void
on_attempt(void *ctx, const struct flow *flow)
{
	struct recorder *r = ctx;

	if (flow->end == FLOW_OPEN) {
		say_word(r, "unanswered");
		return;
	}
	if (flow->phase != FLOW_CLOSED) {
		say_word(r, "refused");
		return;
	}
	r->attempts++;
	r->flow = *flow;
	say_word(r, "attempt:");
	say(r, end_name(flow), NULL, 0);
}

struct stream_listener
recorder_listener(struct recorder *r)
{
	r->speaker = -1;
	recorder = r;
	return (struct stream_listener){ .ctx = r, .open = on_open, .bytes = on_bytes,
		.gap = on_gap, .conflict = on_conflict, .stranger = on_stranger,
		.reset = on_reset, .finished = on_finished, .close = on_close,
		.attempt = on_attempt };
}

/* --- The wire --- */

/* The only one there can be. */
static struct stream *open_stream;

struct stream *
packets_stream(const struct stream_limits *limits, struct recorder *r)
{
	const struct stream_limits defaults = { 0 };
	const struct stream_listener listener = recorder_listener(r);
	struct err e = { "" };

	stream_free(&open_stream);
	open_stream = stream_new(limits != NULL ? limits : &defaults, &listener, &e);
	assert_string_equal(e.text, "");
	assert_non_null(open_stream);
	return open_stream;
}

void
packets_free(struct stream **stream)
{
	open_stream = NULL;
	stream_free(stream);
	assert_null(*stream);
}

struct wire
wire_new(struct stream *stream)
{
	return (struct wire){
		.stream = stream,
		.addr = { { 4, { 192, 0, 2, 1 } }, { 4, { 198, 51, 100, 25 } } },
		.port = { 40000, 25 },
		.peer = { { .isn = 1000 }, { .isn = 5000 } },
		.now_ns = 1000 * MS,
	};
}

struct wire
wire_new_ipv6(struct stream *stream)
{
	struct wire w = wire_new(stream);

	w.addr[0] = (struct address){ 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
	w.addr[1] = (struct address){ 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x25 } };
	return w;
}

struct segment
wire_segment(struct wire *w, enum side from, uint8_t flags, uint32_t offset,
    struct span payload)
{
	const enum side to = side_other(from);
	const unsigned headers = w->addr[0].family == 4 ? 40 : 60;

	w->now_ns += MS;
	return (struct segment){
		.ref = { .at_ns = w->now_ns, .number = ++w->number },
		.addr = { w->addr[from], w->addr[to] },
		.port = { w->port[from], w->port[to] },
		.seq = w->peer[from].isn + (flags & TCP_SYN ? 0 : 1) + offset,
		.ack = flags & TCP_ACK ? w->peer[to].isn + 1 +
		    (flags & TCP_SYN ? 0 : w->peer[to].sent) : 0,
		.flags = flags,
		.window = 65535,
		.payload = payload,
		.payload_bytes = (uint32_t)payload.n,
		.ip_bytes = headers + (uint32_t)payload.n,
		.checksum = CHECKSUM_GOOD,
		.ttl = 64,
		.ip_id = w->addr[0].family == 4 ? ++w->ip_id : 0,
	};
}

void
wire_send(struct wire *w, const struct segment *segment)
{
	/* A copy of exact size, so that a sanitizer sees every byte read beyond it. */
	struct segment copy = *segment;
	uint8_t *bytes = malloc(segment->payload.n > 0 ? segment->payload.n : 1);

	assert_non_null(bytes);
	if (segment->payload.n > 0)
		memcpy(bytes, segment->payload.p, segment->payload.n);
	copy.payload = span_of(bytes, segment->payload.n);
	stream_segment(w->stream, &copy);
	free(bytes);
}

static uint8_t
flags_of(struct span letters)
{
	static const char names[] = "FSRPAU";
	uint8_t flags = 0;

	for (size_t i = 0; i < letters.n; i++) {
		const char *at = strchr(names, letters.p[i]);

		assert_non_null(at);
		flags |= (uint8_t)(1U << (at - names));
	}
	return flags;
}

static void
set_timestamp(struct segment *segment, uint32_t value)
{
	segment->has_timestamp = true;
	segment->timestamp = value;
}

/* One word of a script. Its marks come in any order; data runs up to the next of !%#~*&. */
static void
play_word(struct wire *w, struct span word)
{
	const enum side from = word.p[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
	const char *text = (const char *)word.p, *end = text + word.n;
	const size_t flags_end = strcspn(text, "@^=!%#*& ");
	const uint8_t flags = flags_of(span_of(text + 2, flags_end - 2));
	struct segment segment = wire_segment(w, from, flags,
	    flags & TCP_SYN ? 0 : w->peer[from].sent, span_of(NULL, 0));
	const uint32_t base = segment.seq - (flags & TCP_SYN ? 0 : w->peer[from].sent);

	for (text += flags_end; text < end;) {
		const char mark = *text++;
		const size_t n = strcspn(text, mark == '=' ? "!%#~*& " : "@^=!%#~*& ");
		const uint32_t value = (uint32_t)strtoul(text, NULL, 10);

		if (mark == '@')
			segment.seq = base + value;
		else if (mark == '^')
			segment.ack = w->peer[side_other(from)].isn + 1 + value;
		else if (mark == '=')
			segment.payload = span_of(text, n);
		else if (mark == '!')
			segment.checksum = CHECKSUM_BAD;
		else if (mark == '%')
			segment.payload_bytes = value;
		else if (mark == '~')
			segment.contested = true;
		else if (mark == '#')
			segment.ip_id = (uint16_t)value;
		else if (mark == '*')
			segment.ttl = (uint8_t)value;
		else if (mark == '&')
			set_timestamp(&segment, value);
		text += n;
	}
	segment.payload_bytes += (uint32_t)segment.payload.n;
	segment.ip_bytes += segment.payload_bytes;
	if (!(flags & TCP_SYN)) {
		const uint32_t sent = segment.seq + segment.payload_bytes - base +
		    (flags & TCP_FIN ? 1 : 0);

		if ((int32_t)(sent - w->peer[from].sent) > 0 && !(flags & TCP_RST))
			w->peer[from].sent = sent;
	}
	wire_send(w, &segment);
}

void
wire_play(struct wire *w, const char *script)
{
	while (*script != '\0') {
		const size_t n = strcspn(script, " ");
		const struct span word = span_of(script, n);

		if (*script == '+')
			w->now_ns += strtoll(script, NULL, 10) * MS;
		else if (span_is(word, "hs"))
			wire_play(w, "C:S S:SA C:A");
		else if (n > 0)
			play_word(w, word);
		script += n + (script[n] == ' ');
	}
}

void
packets_run(const char *script, struct recorder *r)
{
	struct stream *s = packets_stream(NULL, r);
	struct wire w = wire_new(s);

	wire_play(&w, script);
	stream_finish(s);
	packets_free(&s);
	assert_int_equal(r->opens, r->closes);
}

void
packets_run_rows(const struct packets_row *rows, size_t count)
{
	size_t failed = 0;

	for (size_t i = 0; i < count; i++) {
		struct recorder r = { 0 };

		packets_run(rows[i].script, &r);
		if (strcmp(r.log, rows[i].log) == 0)
			continue;
		failed++;
		print_error("%s: %s\n  got  \"%s\"\n  want \"%s\"\n", rows[i].name,
		    rows[i].script, r.log, rows[i].log);
	}
	assert_int_equal(failed, 0);
}

struct wanted {
	const char *name;
	uint64_t value;
	bool found;
};

static void
find_counter(void *ctx, const char *name, uint64_t value)
{
	struct wanted *wanted = ctx;

	if (strcmp(name, wanted->name) != 0)
		return;
	wanted->value = value;
	wanted->found = true;
}

uint64_t
packets_counter(const struct stream *stream, const char *name)
{
	struct wanted wanted = { .name = name };

	stream_counters(stream, find_counter, &wanted);
	assert_true(wanted.found);
	return wanted.value;
}

uint32_t
packets_random(uint64_t *state, uint32_t limit)
{
	/* splitmix64 */
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % limit);
}
