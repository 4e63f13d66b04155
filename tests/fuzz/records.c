/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "records.h"

#include <string.h>

#include "fuzz.h"

enum { RECORDS_MAX = 64, HEAD = 3 };

/* libFuzzer's own mutator, with its dictionary; not there where inputs are only played again. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max) __attribute__((weak));

struct records {
	struct record at[RECORDS_MAX];
	size_t n;
};

/* Where a new input is written. */
struct room {
	uint8_t *at;
	size_t used, max;
};

bool
record_next(struct span *in, struct record *record_r)
{
	uint16_t n;

	if (!span_u8(in, &record_r->how) || !span_be16(in, &n))
		return false;
	record_r->bytes = span_head(*in, n);
	span_skip(in, record_r->bytes.n);
	return true;
}

static void
read_all(const uint8_t *data, size_t size, struct records *all_r)
{
	struct span in = span_of(data, size);

	all_r->n = 0;
	while (all_r->n < RECORDS_MAX && record_next(&in, &all_r->at[all_r->n]))
		all_r->n++;
}

static void
add(struct records *all, size_t at, struct record record)
{
	if (all->n == RECORDS_MAX)
		return;
	memmove(&all->at[at + 1], &all->at[at], (all->n - at) * sizeof(all->at[0]));
	all->at[at] = record;
	all->n++;
}

static void
leave_out(struct records *all, size_t at)
{
	all->n--;
	memmove(&all->at[at], &all->at[at + 1], (all->n - at) * sizeof(all->at[0]));
}

static void
swap(struct records *all, size_t a, size_t b)
{
	struct record record = all->at[a];

	all->at[a] = all->at[b];
	all->at[b] = record;
}

static void
split(struct records *all, size_t at, size_t cut)
{
	struct record rest = all->at[at];

	rest.bytes = span_tail(rest.bytes, cut);
	all->at[at].bytes = span_head(all->at[at].bytes, cut);
	add(all, at + 1, rest);
}

/* Ends with the last record for which there is room. */
static void
write_record(struct room *room, const struct record *record)
{
	size_t n = record->bytes.n;

	if (room->max - room->used < HEAD + n)
		return;
	room->at[room->used++] = record->how;
	room->at[room->used++] = (uint8_t)(n >> 8);
	room->at[room->used++] = (uint8_t)(n & 0xff);
	if (n > 0)
		memcpy(room->at + room->used, record->bytes.p, n);
	room->used += n;
}

static void
write_all(struct room *room, const struct records *all)
{
	for (size_t i = 0; i < all->n; i++)
		write_record(room, &all->at[i]);
}

/* One record's bytes become others, from a byte to all that there is room for. */
static struct record
with_other_bytes(struct record record, uint8_t *bytes, size_t max)
{
	size_t n = record.bytes.n < max ? record.bytes.n : max;

	if (n > 0)
		memcpy(bytes, record.bytes.p, n);
	record.bytes = span_of(bytes, LLVMFuzzerMutate(bytes, n, max));
	return record;
}

/* Changes the order, the number or the heads of records. */
static void
rearrange(struct records *all, uint32_t dice)
{
	size_t at = (dice >> 8) % all->n, other = (dice >> 16) % all->n;

	switch (dice % 6) {
	case 0:
		all->at[at].how ^= (uint8_t)(1u << (dice >> 16) % 6);
		break;
	case 1:
		leave_out(all, at);
		break;
	case 2:
		add(all, other, all->at[at]);
		break;
	case 3:
		swap(all, at, other);
		break;
	case 4:
		if (all->at[at].bytes.n > 0)
			split(all, at, (dice >> 16) % all->at[at].bytes.n);
		break;
	case 5:
		all->n = at + 1;
		break;
	}
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
	static uint8_t old[1 << 16], bytes[1 << 16];
	struct records all;
	struct room room = { data, 0, size_max };
	uint32_t dice = seed * UINT32_C(2654435761);

	/* now and then as it comes, for what is no record */
	if (size > sizeof(old) || dice >> 28 == 0)
		return LLVMFuzzerMutate(data, size, size_max);
	memcpy(old, data, size);
	read_all(old, size, &all);
	if (all.n == 0)
		return LLVMFuzzerMutate(data, size, size_max);
	if (dice >> 30 == 1) {
		rearrange(&all, dice);
	} else {
		size_t at = (dice >> 8) % all.n;
		size_t left = size_max > size ? size_max - size : 0;
		size_t max = all.at[at].bytes.n + left;

		if (max == 0)
			return LLVMFuzzerMutate(data, size, size_max);
		all.at[at] = with_other_bytes(all.at[at], bytes,
		    max < sizeof(bytes) ? max : sizeof(bytes) - 1);
	}
	write_all(&room, &all);
	return room.used;
}

/* The head of one conversation and the tail of another. */
size_t
LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other, size_t other_size,
    uint8_t *out, size_t out_max, unsigned int seed)
{
	struct records head, tail;
	struct room room = { out, 0, out_max };
	uint32_t dice = seed * UINT32_C(2654435761);
	size_t from;

	read_all(data, size, &head);
	read_all(other, other_size, &tail);
	head.n = (dice >> 8) % (head.n + 1);
	from = (dice >> 20) % (tail.n + 1);
	write_all(&room, &head);
	tail.n -= from;
	memmove(&tail.at[0], &tail.at[from], tail.n * sizeof(tail.at[0]));
	write_all(&room, &tail);
	return room.used;
}
