/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/ber.h"

enum {
	LENGTH_LONG = 0x80,
	LENGTH_BYTES_MAX = 4,
	TAG_OF_MANY_BYTES = 0x1f,
	NUMBER_BYTES_MAX = 5,	/* a needless leading zero is everyday */
};

/* X.690 §8.1.3: one byte below 128, or the number of bytes that hold the length. */
static long
read_length(struct span in, uint32_t *length_r)
{
	uint8_t first, next;
	unsigned count;

	if (!span_u8(&in, &first))
		return 0;
	*length_r = first;
	if (first < LENGTH_LONG)
		return 1;
	count = first - LENGTH_LONG;
	if (count == 0 || count > LENGTH_BYTES_MAX)
		return -1;
	*length_r = 0;
	for (unsigned i = 0; i < count; i++) {
		if (!span_u8(&in, &next))
			return 0;
		*length_r = *length_r << 8 | next;
	}
	return 1 + (long)count;
}

long
ber_begin(struct span in, struct ber *value_r)
{
	struct span rest = in;
	long used;

	if (!span_u8(&rest, &value_r->tag))
		return 0;
	if ((value_r->tag & TAG_OF_MANY_BYTES) == TAG_OF_MANY_BYTES)
		return -1;
	used = read_length(rest, &value_r->length);
	if (used <= 0)
		return used;
	value_r->content = span_head(span_tail(in, (size_t)used + 1), value_r->length);
	return used + 1;
}

bool
ber_take(struct span *in, struct ber *value_r)
{
	long begin = ber_begin(*in, value_r);

	if (begin <= 0 || value_r->content.n < value_r->length)
		return false;
	return span_skip(in, (size_t)begin + value_r->length);
}

bool
ber_expect(struct span *in, uint8_t tag, struct span *content_r)
{
	struct span rest = *in;
	struct ber value;

	if (!ber_take(&rest, &value) || value.tag != tag)
		return false;
	*content_r = value.content;
	*in = rest;
	return true;
}

bool
ber_number(struct span *in, uint8_t tag, uint32_t *number_r)
{
	struct span rest = *in, content;
	uint64_t number = 0;
	uint8_t byte;

	if (!ber_expect(&rest, tag, &content) || content.n == 0 ||
	    content.n > NUMBER_BYTES_MAX)
		return false;
	while (span_u8(&content, &byte))
		number = number << 8 | byte;
	if (number > INT32_MAX)
		return false;
	*number_r = (uint32_t)number;
	*in = rest;
	return true;
}
