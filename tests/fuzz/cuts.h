/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_CUTS_H
#define TESTS_FUZZ_CUTS_H

/*
 * How TCP cuts what a fuzz target plays, so that it can be held against the same
 * played uncut. A short input is cut behind each byte; a longer one, for which
 * that would take most of the time, where a hash of the input says, so that it is
 * the same each time. With FUZZ_EVERY_CUT in the environment, as seeds and what
 * was found are played, all are cut behind each byte.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/span.h"

enum { CUTS_SHORT_MAX = 64 };

struct cuts {
	bool none, all;
	uint32_t random;
};

static inline struct cuts
cuts_none(void)
{
	return (struct cuts){ .none = true };
}

static inline struct cuts
cuts_of(struct span input)
{
	struct cuts c = { .random = 1 };

	c.all = input.n <= CUTS_SHORT_MAX || getenv("FUZZ_EVERY_CUT") != NULL;
	for (size_t i = 0; i < input.n; i++)
		c.random = c.random * 31 + span_at(input, i);
	return c;
}

/* Bytes of the next piece: as often few, up to one, as up to 256. */
static inline size_t
cuts_next(struct cuts *c)
{
	uint32_t longest;

	if (c->none)
		return SIZE_MAX;
	if (c->all)
		return 1;
	c->random = c->random * UINT32_C(1664525) + UINT32_C(1013904223);
	longest = UINT32_C(1) << (c->random >> 16) % 9;
	return 1 + (c->random >> 24) % longest;
}

#endif
