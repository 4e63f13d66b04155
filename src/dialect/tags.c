/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/tags.h"

#include "base/hash.h"

static uint64_t
hash_of(struct span tag)
{
	static const struct hash_key fixed = { { 0x7461672069732061, 0x746167206f662074 } };

	return hash_bytes(&fixed, tag.p, tag.n);
}

void
tags_add(struct tags *t, struct span tag, uint8_t kind)
{
	if (t->used == TAGS_MAX) {
		t->incomplete = true;
		return;
	}
	t->waiting[t->used].tag = hash_of(tag);
	t->waiting[t->used].kind = kind;
	t->used++;
}

uint8_t
tags_take(struct tags *t, struct span tag)
{
	uint64_t wanted = hash_of(tag);
	uint8_t kind;
	unsigned i = 0;

	while (i < t->used && t->waiting[i].tag != wanted)
		i++;
	if (i == t->used)
		return 0;
	kind = t->waiting[i].kind;
	t->used--;
	for (; i < t->used; i++)
		t->waiting[i] = t->waiting[i + 1];
	return kind;
}

uint8_t
tags_find(const struct tags *t, struct span tag)
{
	uint64_t wanted = hash_of(tag);

	for (unsigned i = 0; i < t->used; i++) {
		if (t->waiting[i].tag == wanted)
			return t->waiting[i].kind;
	}
	return 0;
}

uint8_t
tags_oldest(const struct tags *t, uint32_t set)
{
	for (unsigned i = 0; i < t->used; i++) {
		if ((set >> t->waiting[i].kind & 1) != 0)
			return t->waiting[i].kind;
	}
	return 0;
}

void
tags_change(struct tags *t, uint8_t kind, uint8_t into)
{
	for (unsigned i = 0; i < t->used; i++) {
		if (t->waiting[i].kind == kind) {
			t->waiting[i].kind = into;
			return;
		}
	}
}
