/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/spool_format.h"

#include <string.h>

#include "base/hash.h"

static const char magic[16] = "stripwatch-spool";

enum { VERSION = 1, VERSION_PLACE = 16 };

static void
put_be(uint8_t *dst_r, size_t size, uint64_t number)
{
	for (size_t i = size; i > 0; i--) {
		dst_r[i - 1] = (uint8_t)number;
		number >>= 8;
	}
}

static uint64_t
get_be(struct span *s, size_t size)
{
	uint64_t number = 0;
	uint8_t byte;

	for (size_t i = 0; i < size && span_u8(s, &byte); i++)
		number = number << 8 | byte;
	return number;
}

/* Against accidents: whoever may write the file may also write what he likes. */
static uint64_t
check_sum(const void *data, size_t n)
{
	static const struct hash_key key = { { UINT64_C(0x7374726970776174),
		UINT64_C(0x63682073706f6f6c) } };

	return hash_bytes(&key, data, n);
}

void
spool_write_mark(uint8_t dst_r[SPOOL_MARK_SIZE], const struct spool_mark *mark)
{
	put_be(dst_r, 4, mark->turn);
	put_be(dst_r + 4, 8, mark->position);
	put_be(dst_r + 12, 8, check_sum(dst_r, 12));
}

void
spool_write_head(uint8_t dst_r[SPOOL_HEAD_SIZE])
{
	struct spool_mark mark = { .turn = 0, .position = SPOOL_HEAD_SIZE };

	memcpy(dst_r, magic, sizeof(magic));
	put_be(dst_r + VERSION_PLACE, 8, VERSION);
	spool_write_mark(dst_r + spool_mark_place(0), &mark);
	mark.turn = 1;
	spool_write_mark(dst_r + spool_mark_place(1), &mark);
}

static bool
read_mark(struct span bytes, struct spool_mark *mark_r)
{
	uint64_t sum = check_sum(bytes.p, 12);

	mark_r->turn = (uint32_t)get_be(&bytes, 4);
	mark_r->position = get_be(&bytes, 8);
	return get_be(&bytes, 8) == sum && mark_r->position >= SPOOL_HEAD_SIZE;
}

bool
spool_read_head(struct span head, struct spool_mark *mark_r)
{
	struct span version = span_tail(head, VERSION_PLACE);
	struct spool_mark mark;
	bool any = false;

	if (head.n < SPOOL_HEAD_SIZE || memcmp(head.p, magic, sizeof(magic)) != 0 ||
	    get_be(&version, 8) != VERSION)
		return false;
	for (uint32_t turn = 0; turn < 2; turn++) {
		struct span at = span_head(span_tail(head, spool_mark_place(turn)),
		    SPOOL_MARK_SIZE);

		if (!read_mark(at, &mark) || (any && (int32_t)(mark.turn - mark_r->turn) < 0))
			continue;
		*mark_r = mark;
		any = true;
	}
	return any;
}

void
spool_write_event(uint8_t dst_r[SPOOL_EVENT_HEAD_SIZE], const struct event_line *line)
{
	put_be(dst_r, 4, line->text.n);
	dst_r[4] = (uint8_t)line->type;
	dst_r[5] = (uint8_t)line->format;
	dst_r[6] = (uint8_t)line->severity;
	dst_r[7] = 0;
	put_be(dst_r + 8, 8, (uint64_t)line->at_ns);
	put_be(dst_r + 16, 8, check_sum(line->text.p, line->text.n));
	put_be(dst_r + 24, 8, check_sum(dst_r, 24));
}

static bool
is_zero(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] != 0)
			return false;
	}
	return true;
}

enum spool_event
spool_read_event(struct span bytes, struct event_line *line_r, size_t *used_r)
{
	struct span head = span_head(bytes, SPOOL_EVENT_HEAD_SIZE);
	struct span all = bytes;
	uint8_t type, format, severity, nothing;
	uint64_t n, text_sum;

	if (head.n < SPOOL_EVENT_HEAD_SIZE || is_zero(bytes))
		return SPOOL_EVENT_UNFINISHED;
	n = get_be(&bytes, 4);
	if (!span_u8(&bytes, &type) || !span_u8(&bytes, &format) ||
	    !span_u8(&bytes, &severity) || !span_u8(&bytes, &nothing))
		return SPOOL_EVENT_DAMAGED;
	line_r->at_ns = (int64_t)get_be(&bytes, 8);
	text_sum = get_be(&bytes, 8);
	if (get_be(&bytes, 8) != check_sum(head.p, 24) || type >= EVENT_TYPES ||
	    format >= FORMATS || n > SPOOL_TEXT_MAX)
		return SPOOL_EVENT_DAMAGED;
	line_r->type = (enum event_type)type;
	line_r->format = (enum format)format;
	line_r->severity = severity;
	line_r->text = span_head(bytes, n);
	*used_r = SPOOL_EVENT_HEAD_SIZE + n;
	if (line_r->text.n < n)
		return SPOOL_EVENT_UNFINISHED;
	if (check_sum(line_r->text.p, n) == text_sum)
		return SPOOL_EVENT_WHOLE;
	/* of the last one a power failure may have left the size and not all of its contents */
	return all.n == *used_r ? SPOOL_EVENT_UNFINISHED : SPOOL_EVENT_DAMAGED;
}
