/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: deliver FILE...
 *
 * Writes what the stream tells of every connection, for tests/soak/identity: a line
 *	open N CLIENT PORT SERVER PORT	for its beginning
 *	bytes N SIDE HEX		SIDE 0 is the client
 *	gap N SIDE COUNT
 *	end N REASON
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "capture/merge.h"
#include "decode/fragments.h"
#include "stream/stream.h"

struct session {
	unsigned number;
	const struct flow *flow;
};

static const char *
address_text(const struct address *a, char text_r[INET6_ADDRSTRLEN])
{
	return inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text_r,
	    INET6_ADDRSTRLEN);
}

static void *
on_open(void *ctx, const struct flow *flow)
{
	unsigned *count = ctx;
	struct session *s = malloc(sizeof(*s));
	char text[2][INET6_ADDRSTRLEN];

	if (s == NULL)
		abort();
	*s = (struct session){ (*count)++, flow };
	printf("open %u %s %u %s %u\n", s->number, address_text(&flow->tuple.addr[0], text[0]),
	    flow->tuple.port[0], address_text(&flow->tuple.addr[1], text[1]),
	    flow->tuple.port[1]);
	return s;
}

static enum stream_want
on_bytes(void *session, enum side from, struct span bytes, const struct frame_ref *at)
{
	const struct session *s = session;

	(void)at;
	printf("bytes %u %d ", s->number, (int)from);
	for (size_t i = 0; i < bytes.n; i++)
		printf("%02x", (unsigned)bytes.p[i]);
	putchar('\n');
	return STREAM_MORE;
}

static enum stream_want
on_gap(void *session, enum side from, uint64_t count, const struct frame_ref *at)
{
	const struct session *s = session;

	(void)at;
	printf("gap %u %d %llu\n", s->number, (int)from, (unsigned long long)count);
	return STREAM_MORE;
}

static enum stream_want
on_conflict(void *session, enum side from, struct span kept, struct span other,
    const struct frame_ref *at)
{
	const struct session *s = session;

	(void)at;
	(void)kept;
	(void)other;
	printf("conflict %u %d\n", s->number, (int)from);
	return STREAM_MORE;
}

static void
on_stranger(void *session, enum side from, const struct stranger *stranger, bool is_reset)
{
	(void)session;
	(void)from;
	(void)stranger;
	(void)is_reset;
}

static enum stream_want
on_reset(void *session, enum side from, bool outlived, const struct frame_ref *at)
{
	(void)session;
	(void)from;
	(void)outlived;
	(void)at;
	return STREAM_MORE;
}

static enum stream_want
on_finished(void *session, const struct frame_ref *at)
{
	(void)session;
	(void)at;
	return STREAM_MORE;
}

static void
on_close(void *session, const struct frame_ref *at)
{
	struct session *s = session;

	(void)at;
	printf("end %u %s\n", s->number, flow_reason_name(s->flow));
	free(s);
}

static void
on_attempt(void *ctx, const struct flow *flow)
{
	(void)ctx;
	(void)flow;
}

static void
on_fault(void *ctx, const struct err *e)
{
	(void)ctx;
	log_warnx("%s", e->text);
}

static void
read_all(struct merge *merge, struct fragments *fragments, struct stream *stream)
{
	struct frame frame;
	struct segment segment;

	while (merge_next(merge, &frame) == 1) {
		if (fragments_decode(fragments, &frame, &segment) == DECODE_SEGMENT)
			stream_segment(stream, &segment);
	}
	stream_finish(stream);
}

int
main(int argc, char **argv)
{
	static unsigned count;
	const struct stream_listener listener = { &count, on_open, on_bytes, on_gap,
		on_conflict, on_stranger, on_reset, on_finished, on_close, on_attempt, NULL,
		NULL };
	const struct stream_limits limits = { .any_vlan = true };
	const struct fragments_limits defaults = { 0 };
	struct merge_input *inputs = calloc((size_t)argc, sizeof(*inputs));
	struct err e = { "" };
	struct fragments *fragments = fragments_new(&defaults, &e);
	struct stream *stream = stream_new(&limits, &listener, &e);
	struct merge *merge = NULL;

	for (int i = 1; i < argc && inputs != NULL; i++)
		inputs[i - 1].path = argv[i];
	if (inputs != NULL)
		merge = merge_new(inputs, (size_t)argc - 1, NULL, on_fault, NULL, &e);
	if (fragments == NULL || stream == NULL || merge == NULL) {
		log_warnx("%s", e.text);
		return 1;
	}
	read_all(merge, fragments, stream);
	merge_free(&merge);
	stream_free(&stream);
	fragments_free(&fragments);
	free(inputs);
	return 0;
}
