/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/habit.h"

#include <stddef.h>
#include <string.h>

#include "base/hash.h"
#include "words/observation.h"

uint32_t
habit_number(const char *text)
{
	static const struct hash_key fixed = { { 0x6861626974206f66, 0x2061207365727665 } };

	return (uint32_t)hash_bytes(&fixed, text, strlen(text));
}

/*
 * Is the value of such a habit worse than another: passwords in clear that were
 * not wanted before or are now the only way; less; or, where nothing is less,
 * different?
 */
static bool
is_worse(enum habit_kind kind, uint32_t value, uint32_t than)
{
	if (kind == HABIT_MECHANISMS)
		return (value & ~than & MECHANISM_CLEAR) != 0 ||
		    (value == MECHANISM_CLEAR && (than & MECHANISM_STRONG) != 0);
	if (kind == HABIT_VERSION || kind == HABIT_DEMAND || kind == HABIT_GREETING)
		return value < than;
	return value != than;
}

/*
 * May it be held against a session? That a greeting offered TLS once is enough: what is
 * to be expected of the server otherwise must speak for the offer as well.
 */
static bool
counts(const struct habit *h)
{
	return sketch_is_broad(&h->seen) || (h->kind == HABIT_GREETING && h->value != 0);
}

enum habit_state
habit_look(const struct habit habits[HABITS_MAX], enum habit_kind kind, uint32_t context,
    uint32_t value)
{
	enum habit_state state = HABIT_UNKNOWN;

	for (int i = 0; i < HABITS_MAX; i++) {
		const struct habit *h = &habits[i];

		if (h->kind != kind || h->context != context || !counts(h))
			continue;
		if (!is_worse(kind, value, h->value))
			return HABIT_KEPT;
		state = HABIT_BROKEN;
	}
	return state;
}

/* Whoever invents many values must not push out the trusted ones. */
static bool
goes_first(const struct habit *a, const struct habit *b)
{
	bool a_trusted = sketch_is_broad(&a->seen), b_trusted = sketch_is_broad(&b->seen);

	if (a->kind == HABIT_NONE || b->kind == HABIT_NONE)
		return a->kind == HABIT_NONE && b->kind != HABIT_NONE;
	return a_trusted != b_trusted ? !a_trusted : a->last_ns < b->last_ns;
}

void
habit_learn(struct habit habits[HABITS_MAX], const struct habit *shown, uint32_t client)
{
	struct habit *place = &habits[0];

	for (int i = 0; i < HABITS_MAX; i++) {
		struct habit *h = &habits[i];

		if (h->kind == shown->kind && h->context == shown->context &&
		    h->value == shown->value) {
			h->last_ns = shown->last_ns;
			sketch_add(&h->seen, client, shown->last_ns);
			return;
		}
		if (goes_first(h, place))
			place = h;
	}
	*place = *shown;
	sketch_add(&place->seen, client, shown->last_ns);
}

static const char *const names[HABIT_KINDS] = {
	[HABIT_NONE] = "none",
	[HABIT_CERTIFICATE] = "certificate",
	[HABIT_ISSUER] = "issuer",
	[HABIT_SUBJECT] = "subject",
	[HABIT_ANSWER] = "answer",
	[HABIT_VERSION] = "version",
	[HABIT_MECHANISMS] = "mechanisms",
	[HABIT_DEMAND] = "demand",
	[HABIT_GREETING] = "greeting",
};

const char *
habit_kind_name(enum habit_kind kind)
{
	return kind < HABIT_KINDS ? names[kind] : names[HABIT_NONE];
}

enum habit_kind
habit_kind_by_name(const char *name)
{
	for (int k = HABIT_NONE + 1; k < HABIT_KINDS; k++) {
		if (strcmp(names[k], name) == 0)
			return (enum habit_kind)k;
	}
	return HABIT_NONE;
}
