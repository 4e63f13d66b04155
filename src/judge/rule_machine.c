/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a regular expression. The subject is text that strangers wrote, so this
 * is Thompson's machine: all alternatives advance together, one byte at a time,
 * and no text and no pattern can make it slow or let it grow, as they can the
 * regexec() of a C library.
 */
#include <ctype.h>
#include <string.h>

#include "judge/rule_parts.h"

/* The steps at which the machine stands, each at most once. */
struct places {
	size_t count;
	uint16_t place[RULE_STEPS_MAX];
	bool held[RULE_STEPS_MAX];
};

struct subject {
	const struct rule_regex *regex;
	const char *text;
	size_t at;
};

/* Stands at a step and at all that it leads to without a byte; true when found. */
static bool
stand(const struct subject *s, struct places *p, size_t first)
{
	size_t todo[RULE_STEPS_MAX + 1], n = 0;

	todo[n++] = first;
	while (n > 0) {
		size_t i = todo[--n];
		const struct rule_step *step = &s->regex->steps[i];
		bool passed = (step->kind == RULE_STEP_BEGIN && s->at == 0) ||
		    (step->kind == RULE_STEP_END && s->text[s->at] == '\0');

		if (p->held[i])
			continue;
		p->held[i] = true;
		if (step->kind == RULE_STEP_FOUND)
			return true;
		if (step->kind == RULE_STEP_JUMP || step->kind == RULE_STEP_FORK)
			todo[n++] = (size_t)((int)i + step->jump);
		if (step->kind == RULE_STEP_FORK || passed)
			todo[n++] = i + 1;
		if (step->kind <= RULE_STEP_SET)
			p->place[p->count++] = (uint16_t)i;
	}
	return false;
}

static bool
takes(const struct rule_regex *regex, const struct rule_step *step, uint8_t byte)
{
	uint8_t other = (uint8_t)(islower(byte) ? toupper(byte) : tolower(byte));
	const uint8_t *bits;

	if (step->kind == RULE_STEP_ANY)
		return true;
	if (step->kind == RULE_STEP_BYTE)
		return step->byte == byte || (regex->any_case && step->byte == other);
	bits = regex->sets[step->jump].bits;
	return (bits[byte / 8] >> byte % 8 & 1) != 0 ||
	    (regex->any_case && (bits[other / 8] >> other % 8 & 1) != 0);
}

bool
rule_regex_matches(const struct rule_regex *regex, const char *text)
{
	struct subject s = { regex, text, 0 };
	struct places now, next = { 0 };

	if (stand(&s, &next, 0))
		return true;
	for (; text[s.at] != '\0';) {
		uint8_t byte = (uint8_t)text[s.at++];

		now = next;
		next.count = 0;
		memset(next.held, 0, sizeof(next.held));
		for (size_t i = 0; i < now.count; i++) {
			size_t place = now.place[i];

			if (takes(regex, &regex->steps[place], byte) &&
			    stand(&s, &next, place + 1))
				return true;
		}
		if (stand(&s, &next, 0))
			return true;
	}
	return false;
}
