/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_CAPABILITY_H
#define DIALECT_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/facts.h"

enum { CAPABILITY_EXCERPT_SIZE = 64 };

/*
 * One capability listing while it is read: was the upgrade's token in it, and
 * if not, what stood in its place. Zero it before the first word.
 */
struct capability {
	bool offer;
	uint8_t masked;			/* fillers of the token's own length */
	uint8_t masked_other;		/* fillers of another length */
	uint8_t corrupted;
	uint8_t masked_elsewhere;	/* that many same-length fillers hide another keyword */
	char offer_line[CAPABILITY_EXCERPT_SIZE];
	char masked_line[CAPABILITY_EXCERPT_SIZE];
	char corrupted_line[CAPABILITY_EXCERPT_SIZE];
};

/* Look at one word of the listing; line is what is quoted as evidence. */
void capability_word(struct capability *c, struct span word, const char *token,
    struct span line);

/* The listing is complete: tell facts what it said; last is its last line. */
void capability_finish(const struct capability *c, struct facts *facts,
    struct span last);

#endif
