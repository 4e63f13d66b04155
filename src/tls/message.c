/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/message.h"

#include <string.h>

#include "tls/tls.h"

/* Whole record at the front of what is left: bytes, 0 for more, -1. */
static long
front(const struct tls_join *join, struct tls_record *record_r)
{
	long size = tls_record_read(join->wire, record_r);

	if (size > 0 && record_r->fragment.n < record_r->length)
		return 0;
	return size;
}

static void
pass(struct tls_join *join, long size)
{
	join->wire = span_tail(join->wire, (size_t)size);
	join->used += size;
}

void
tls_join_start(struct tls_join *join, struct span in)
{
	struct tls_record record;
	long size;

	join->wire = in;
	join->used = 0;
	join->n = 0;
	/* close_notify is a warning, too, but an end (RFC 5246 §7.2.1) */
	while ((size = front(join, &record)) > 0 && record.content == TLS_ALERT &&
	    record.length == 2 && span_at(record.fragment, 0) == 1 &&
	    span_at(record.fragment, 1) != 0)
		pass(join, size);
}

int
tls_join_need(struct tls_join *join, size_t n)
{
	if (n > TLS_JOIN_MAX)
		return -1;
	while (join->n < n) {
		struct tls_record record;
		long size = front(join, &record);
		struct span piece;

		if (size <= 0)
			return (int)size;
		if (record.content != TLS_HANDSHAKE)
			return -1;
		piece = span_head(record.fragment, TLS_JOIN_MAX - join->n);
		memcpy(join->bytes + join->n, piece.p, piece.n);
		join->n += piece.n;
		pass(join, size);
	}
	return 1;
}

struct span
tls_join_span(const struct tls_join *join, size_t offset, size_t n)
{
	return span_head(span_tail(span_of(join->bytes, join->n), offset), n);
}

int
tls_join_message(struct tls_join *join, size_t offset, uint8_t *type_r,
    uint32_t *length_r)
{
	int there = tls_join_need(join, offset + TLS_MESSAGE_HEADER);
	struct span header;

	if (there <= 0)
		return there;
	header = tls_join_span(join, offset, TLS_MESSAGE_HEADER);
	if (!span_u8(&header, type_r) || !span_be24(&header, length_r) ||
	    *length_r > TLS_MESSAGE_MAX)
		return -1;
	return 1;
}

long
tls_join_first(struct tls_join *join, enum tls_message type, struct span *body_r)
{
	uint8_t got;
	uint32_t length;
	int there = tls_join_message(join, 0, &got, &length);

	if (there <= 0)
		return there;
	if (got != type)
		return -1;
	there = tls_join_need(join, TLS_MESSAGE_HEADER + (size_t)length);
	if (there <= 0)
		return there;
	*body_r = tls_join_span(join, TLS_MESSAGE_HEADER, length);
	return join->used;
}

bool
tls_extension_next(struct span *block, uint16_t *type_r, struct span *body_r)
{
	struct span at = *block;
	uint16_t length;

	if (!span_be16(&at, type_r) || !span_be16(&at, &length) ||
	    !span_take(&at, length, body_r))
		return false;
	*block = at;
	return true;
}

struct span
tls_list8(struct span in)
{
	uint8_t n = 0;

	span_u8(&in, &n);
	return span_head(in, n);
}

struct span
tls_list16(struct span in)
{
	uint16_t n = 0;

	span_be16(&in, &n);
	return span_head(in, n);
}
