/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_TAGS_H
#define DIALECT_TAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/*
 * Commands without an answer yet where each carries a tag that its answer
 * repeats (RFC 9051 §2.2.1): an answer belongs to its tag, in whatever order
 * answers come. A kind is the dialect's own number, 1..31.
 */
enum { TAGS_MAX = 32 };

struct tags {
	struct {
		uint64_t tag;		/* its hash: tags may be of any length */
		uint8_t kind;
	} waiting[TAGS_MAX];		/* oldest first */
	uint8_t used;
	/* some are not known: there were too many, or bytes are missing */
	bool incomplete;
};

void tags_add(struct tags *t, struct span tag, uint8_t kind);

/* Take away the oldest command of that tag and return its kind, 0 when there is none. */
uint8_t tags_take(struct tags *t, struct span tag);

/* What the oldest command of that tag is, or 0; it stays. */
uint8_t tags_find(const struct tags *t, struct span tag);

/* The oldest kind among those whose bits (1 << kind) are in the set, or 0. */
uint8_t tags_oldest(const struct tags *t, uint32_t set);

/* The oldest command of that kind will not be answered as such any more. */
void tags_change(struct tags *t, uint8_t kind, uint8_t into);

#endif
