/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions as Sigma allows them: . ^ $ * + ? {n,m} [a-z] () |, made
 * into a program for rule_machine.c. A piece of program jumps only inside
 * itself, and by distances, so that it can be moved and copied: that is all
 * that repetition needs.
 */
#include <ctype.h>
#include <string.h>

#include "judge/rule_parts.h"

enum { SETS_MAX = 32, GROUPS_MAX = 16, NO_LIMIT = -1 };

struct compiler {
	const struct rule_reader *reader;
	unsigned line;
	const char *at;
	unsigned groups;
	size_t count, sets;
	struct rule_step step[RULE_STEPS_MAX];
	struct rule_byte_set set[SETS_MAX];
};

static int read_choice(struct compiler *c);

static int
fail(const struct compiler *c, const char *why)
{
	return rule_fail(c->reader, c->line, "regular expression: %s", why);
}

/* Makes room for one step at a place and fills it. */
static int
insert(struct compiler *c, size_t place, enum rule_step_kind kind, uint8_t byte,
    size_t jump)
{
	if (c->count == RULE_STEPS_MAX)
		return fail(c, "too long, or {n,m} asks for too many copies");
	memmove(&c->step[place + 1], &c->step[place],
	    (c->count - place) * sizeof(c->step[0]));
	c->step[place] = (struct rule_step){ (uint8_t)kind, byte, (int16_t)jump };
	c->count++;
	return 0;
}

static int
append(struct compiler *c, enum rule_step_kind kind, uint8_t byte)
{
	return insert(c, c->count, kind, byte, 0);
}

/* The piece from start becomes optional. */
static int
make_optional(struct compiler *c, size_t start)
{
	return insert(c, start, RULE_STEP_FORK, 0, c->count - start + 1);
}

/* The piece from start may come again. */
static int
make_repeated(struct compiler *c, size_t start)
{
	size_t length = c->count - start;

	if (append(c, RULE_STEP_FORK, 0) == -1)
		return -1;
	c->step[c->count - 1].jump = (int16_t)-(int)length;
	return 0;
}

static int
append_copy(struct compiler *c, const struct rule_step *piece, size_t length)
{
	if (length > RULE_STEPS_MAX - c->count)
		return fail(c, "too long, or {n,m} asks for too many copies");
	memcpy(&c->step[c->count], piece, length * sizeof(*piece));
	c->count += length;
	return 0;
}

/* Turns the piece from start into least to most of them; most may be NO_LIMIT. */
static int
repeat(struct compiler *c, size_t start, int least, int most)
{
	struct rule_step piece[RULE_STEPS_MAX];
	size_t length = c->count - start;
	int copies = most == NO_LIMIT ? (least > 0 ? least : 1) : most;

	memcpy(piece, &c->step[start], length * sizeof(piece[0]));
	c->count = start;
	for (int i = 1; i <= copies; i++) {
		size_t begin = c->count;

		if (append_copy(c, piece, length) == -1)
			return -1;
		if (most == NO_LIMIT && i == copies && make_repeated(c, begin) == -1)
			return -1;
		if (i > least && make_optional(c, begin) == -1)
			return -1;
	}
	return 0;
}

static bool
read_number(struct compiler *c, int *number_r)
{
	bool any = false;

	*number_r = 0;
	for (; isdigit((unsigned char)*c->at); c->at++) {
		any = true;
		if (*number_r <= RULE_STEPS_MAX)
			*number_r = *number_r * 10 + (*c->at - '0');
	}
	return any;
}

static int
read_interval(struct compiler *c, int *least_r, int *most_r)
{
	c->at++;
	if (!read_number(c, least_r))
		return fail(c, "a number must follow {; write \\{ for the character");
	*most_r = *least_r;
	if (*c->at == ',') {
		c->at++;
		if (!read_number(c, most_r))
			*most_r = NO_LIMIT;
	}
	if (*c->at != '}' || (*most_r != NO_LIMIT && *most_r < *least_r))
		return fail(c, "this is no {n}, {n,} or {n,m}");
	if (*least_r > RULE_STEPS_MAX || *most_r > RULE_STEPS_MAX)
		return fail(c, "{n,m} asks for too many copies");
	c->at++;
	return 0;
}

/* Is what stands here a quantifier? It is read when it is one. */
static int
read_quantifier(struct compiler *c, size_t start)
{
	int least = 0, most = NO_LIMIT;

	if (*c->at == '\0' || strchr("*+?{", *c->at) == NULL)
		return 0;
	if (*c->at == '{') {
		if (read_interval(c, &least, &most) == -1)
			return -1;
	} else {
		least = *c->at == '+';
		most = *c->at == '?' ? 1 : NO_LIMIT;
		c->at++;
	}
	if (*c->at != '\0' && strchr("*+?{", *c->at) != NULL)
		return fail(c, "two quantifiers in a row");
	return repeat(c, start, least, most);
}

/* A byte of a set; a backslash takes away the meaning of what follows. */
static int
read_set_byte(struct compiler *c, uint8_t *byte_r)
{
	if (*c->at == '\\')
		c->at++;
	if (*c->at == '\0')
		return fail(c, "[ without ]");
	if ((uint8_t)*c->at >= 0x80 ||
	    (c->at[-1] == '\\' && isalnum((unsigned char)*c->at)))
		return fail(c, "a set holds plain ASCII characters and ranges of them");
	*byte_r = (uint8_t)*c->at++;
	return 0;
}

static int
read_set(struct compiler *c)
{
	struct rule_byte_set *set = &c->set[c->sets];
	bool inverted, first = true;

	if (c->sets == SETS_MAX)
		return fail(c, "too many sets");
	memset(set, 0, sizeof(*set));
	c->at++;
	inverted = *c->at == '^';
	c->at += inverted;
	for (; first || *c->at != ']'; first = false) {
		uint8_t low, high;

		if (c->at[0] == '[' && c->at[1] == ':')
			return fail(c, "write a range such as 0-9 for [:class:]");
		if (read_set_byte(c, &low) == -1)
			return -1;
		high = low;
		if (c->at[0] == '-' && c->at[1] != ']' && c->at[1] != '\0') {
			c->at++;
			if (read_set_byte(c, &high) == -1)
				return -1;
		}
		if (high < low)
			return fail(c, "a range runs backwards");
		for (unsigned b = low; b <= high; b++)
			set->bits[b / 8] |= (uint8_t)(1u << b % 8);
	}
	c->at++;
	for (size_t i = 0; inverted && i < sizeof(set->bits); i++)
		set->bits[i] ^= 0xff;
	return insert(c, c->count, RULE_STEP_SET, 0, c->sets++);
}

static int
read_group(struct compiler *c)
{
	if (c->at[1] == '?')
		return fail(c, "(? is PCRE's own; for letter case there is modifier i");
	if (++c->groups > GROUPS_MAX)
		return fail(c, "too many groups inside each other");
	c->at++;
	if (read_choice(c) == -1)
		return -1;
	if (*c->at != ')')
		return fail(c, "( without )");
	c->at++;
	c->groups--;
	return 0;
}

static int
read_atom(struct compiler *c)
{
	switch (*c->at) {
	case '(':
		return read_group(c);
	case '[':
		return read_set(c);
	case '.':
		c->at++;
		return append(c, RULE_STEP_ANY, 0);
	case '*':
	case '+':
	case '?':
	case '{':
		return fail(c, "nothing to repeat");
	case '\\':
		c->at++;
		if (*c->at == '\0')
			return fail(c, "ends in a backslash");
		if (isalnum((unsigned char)*c->at))
			return fail(c, "\\d, \\w and the like are not read; write [0-9]");
		break;
	default:
		break;
	}
	return append(c, RULE_STEP_BYTE, (uint8_t)*c->at++);
}

static int
read_sequence(struct compiler *c)
{
	while (*c->at != '\0' && *c->at != '|' && *c->at != ')') {
		size_t start = c->count;
		char at = *c->at;

		if (at == '^' || at == '$') {
			c->at++;
			if (append(c, at == '^' ? RULE_STEP_BEGIN : RULE_STEP_END,
			    0) == -1)
				return -1;
		} else if (read_atom(c) == -1 || read_quantifier(c, start) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
read_choice(struct compiler *c)
{
	size_t start = c->count, middle;

	if (read_sequence(c) == -1)
		return -1;
	if (*c->at != '|')
		return 0;
	c->at++;
	if (make_optional(c, start) == -1)
		return -1;
	c->step[start].jump++;
	middle = c->count;
	if (append(c, RULE_STEP_JUMP, 0) == -1 || read_choice(c) == -1)
		return -1;
	c->step[middle].jump = (int16_t)(c->count - middle);
	return 0;
}

int
rule_regex_read(const struct rule_reader *r, unsigned line, const char *text,
    bool any_case, struct rule_regex *regex_r)
{
	struct compiler c = { .reader = r, .line = line, .at = text };
	struct rule_step *steps;
	struct rule_byte_set *sets;

	if (strlen(text) > RULE_REGEX_MAX)
		return fail(&c, "too long");
	if (read_choice(&c) == -1)
		return -1;
	if (*c.at != '\0')
		return fail(&c, ") without (");
	if (append(&c, RULE_STEP_FOUND, 0) == -1)
		return -1;
	steps = arena_alloc(r->arena, c.count * sizeof(*steps));
	memcpy(steps, c.step, c.count * sizeof(*steps));
	sets = arena_alloc(r->arena, c.sets * sizeof(*sets));
	memcpy(sets, c.set, c.sets * sizeof(*sets));
	*regex_r = (struct rule_regex){ text, any_case, c.count, steps, sets };
	return 0;
}
