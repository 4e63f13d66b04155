/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMQP, what may be shown: headers, what a frame holds, mechanisms and outcomes. No response,
 * no property, no message.
 */
#include "dialect/amqp.h"

enum {
	HEADER_BYTES = 8,
	FRAME_0_9_HEADER = 7,
	METHOD_BYTES = 4,
	START_OK = 10 << 16 | 11,
	FRAME_END = 0xce,
	SASL_INIT = 0x41,
	SASL_OUTCOME = 0x44,
	LIST_8 = 0xc0,
	LIST_32 = 0xd0,
};

/* A constructor with a length of one or four bytes; the value behind it. */
static struct span
take_value(struct disclosure *d, struct span *in)
{
	const struct span before = *in;
	struct span value = { 0 };
	uint8_t constructor, small;
	uint32_t large = 0;

	if (!span_u8(in, &constructor))
		return value;
	if ((constructor & 0xf0) == 0xa0 && span_u8(in, &small))
		large = small;
	else if ((constructor & 0xf0) != 0xb0 || !span_be32(in, &large))
		return value;
	disclose(d, span_head(before, before.n - in->n));
	value = span_head(*in, large);
	*in = span_tail(*in, large);
	return value;
}

static void
disclose_frame(struct disclosure *d)
{
	struct span body = span_tail(d->unit, (size_t)span_at(d->unit, 4) * 4);
	const int descriptor = span_at(body, 2), list = span_at(body, 3);
	const size_t head = list == LIST_8 ? 6 : list == LIST_32 ? 12 : 4;

	disclose_at(d, 0, HEADER_BYTES);
	if (span_at(body, 0) != 0 || span_at(body, 1) != 0x53)
		return;
	disclose(d, span_head(body, head));
	body = span_tail(body, head);
	if (d->from == SIDE_CLIENT && descriptor == SASL_INIT) {
		disclose_mechanism(d, take_value(d, &body));
		take_value(d, &body);
	} else if (d->from == SIDE_SERVER && descriptor == SASL_OUTCOME) {
		disclose(d, span_head(body, 2));
	}
}

static void
disclose_start_ok(struct disclosure *d, struct span arguments)
{
	struct span name;
	uint32_t table;
	uint8_t length;

	disclose(d, span_head(arguments, 4));
	if (!span_be32(&arguments, &table) || !span_skip(&arguments, table))
		return;
	disclose(d, span_head(arguments, 1));
	if (!span_u8(&arguments, &length) || !span_take(&arguments, length, &name))
		return;
	disclose_mechanism(d, name);
	disclose(d, span_head(arguments, 4));
}

static void
disclose_frame_0_9(struct disclosure *d)
{
	struct span rest = span_tail(d->unit, FRAME_0_9_HEADER);
	uint32_t method = 0;

	disclose_at(d, 0, FRAME_0_9_HEADER);
	if (span_at(d->unit, d->unit.n - 1) == FRAME_END)
		disclose_at(d, d->unit.n - 1, 1);
	if (span_at(d->unit, 0) != 1 || !span_be32(&rest, &method))
		return;
	disclose_at(d, FRAME_0_9_HEADER, METHOD_BYTES);
	if (d->from == SIDE_CLIENT && method == START_OK)
		disclose_start_ok(d, rest);
}

void
amqp_disclose(const void *state, struct disclosure *d)
{
	const struct amqp *a = state;
	struct span rest = d->unit;
	uint32_t size;

	if (d->is_rest)
		return;
	if (d->unit.n == HEADER_BYTES && span_starts(d->unit, "AMQP"))
		disclose(d, d->unit);
	else if (a->version == AMQP_0_9)
		disclose_frame_0_9(d);
	else if (a->version == AMQP_1_0 && span_be32(&rest, &size) && size >= d->unit.n &&
	    span_at(d->unit, 4) >= 2)
		disclose_frame(d);
}
