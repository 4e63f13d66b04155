/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/tally.h"

#include <string.h>

#include "base/text.h"

static struct tally_row *
find(struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->rows[i].name, name) == 0)
			return &t->rows[i];
	}
	return NULL;
}

static struct tally_row *
take(struct tally *t, const char *name)
{
	struct tally_row *row = find(t, name);

	if (row != NULL)
		return row;
	if (t->count == TALLY_MAX || strlen(name) >= TALLY_NAME_SIZE) {
		t->refused++;
		return NULL;
	}
	row = &t->rows[t->count++];
	memset(row, 0, sizeof(*row));
	text_copy(row->name, sizeof(row->name), name);
	return row;
}

void
tally_add(void *tally, const char *name, uint64_t value)
{
	struct tally_row *row = take(tally, name);

	if (row != NULL)
		row->value += value;
}

void
tally_merge(struct tally *t, const struct tally *other)
{
	for (size_t i = 0; i < other->count; i++)
		tally_add(t, other->rows[i].name, other->rows[i].value);
}

uint64_t
tally_value(const struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->rows[i].name, name) == 0)
			return t->rows[i].value;
	}
	return 0;
}

void
tally_each(const struct tally *t, counter_visit *visit, void *ctx)
{
	for (size_t i = 0; i < t->count; i++)
		visit(ctx, t->rows[i].name, t->rows[i].value);
}

void
tally_drop_levels(struct tally *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (counter_is_level(t->rows[i].name))
			t->rows[i].value = 0;
	}
}

struct span
tally_body(const struct tally *t)
{
	return span_of(t->rows, t->count * sizeof(t->rows[0]));
}

static bool
is_name(const char name[TALLY_NAME_SIZE])
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *end = memchr(name, '\0', TALLY_NAME_SIZE);

	return end != NULL && end != name && strspn(name, allowed) == (size_t)(end - name);
}

static bool
begins_with_one(const char *name, const char *const *rooms)
{
	for (; *rooms != NULL; rooms++) {
		if (strncmp(name, *rooms, strlen(*rooms)) == 0)
			return true;
	}
	return false;
}

bool
tally_read(struct tally *t, struct span body, const char *const *rooms)
{
	struct tally_row row;
	struct span bytes;

	memset(t, 0, sizeof(*t));
	if (body.n % sizeof(row) != 0)
		return false;
	while (span_take(&body, sizeof(row), &bytes)) {
		memcpy(&row, bytes.p, sizeof(row));
		if (!is_name(row.name) || (rooms != NULL && !begins_with_one(row.name, rooms)))
			return false;
		tally_add(t, row.name, row.value);
	}
	return true;
}
