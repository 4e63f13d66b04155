/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_KEEP_H
#define BASE_KEEP_H

#include "base/span.h"

/*
 * A short copy of wire bytes, for text that is only told later: still raw, to
 * be escaped once, where it leaves. What does not fit is left out.
 */
enum { KEEP_BYTES = 118 };

struct keep {
	uint8_t n;
	uint8_t bytes[KEEP_BYTES];
};

static inline struct span
keep_span(const struct keep *k)
{
	return span_of(k->bytes, k->n);
}

static inline void
keep_set(struct keep *k, struct span s)
{
	s = span_head(s, KEEP_BYTES);
	if (s.n > 0)
		memcpy(k->bytes, s.p, s.n);
	k->n = (uint8_t)s.n;
}

/* Put s behind what is kept, if it fits whole. */
static inline void
keep_add(struct keep *k, struct span s)
{
	if (s.n == 0 || s.n > (size_t)(KEEP_BYTES - k->n))
		return;
	memcpy(k->bytes + k->n, s.p, s.n);
	k->n = (uint8_t)(k->n + s.n);
}

#endif
