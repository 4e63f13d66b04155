/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_CAPABILITY_H
#define DIALECT_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/keep.h"
#include "base/span.h"
#include "dialect/facts.h"

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
	uint8_t mechanisms;		/* MECHANISM_ bits of what may be used to log in */
	bool mechanisms_untold;		/* ... is not all of it */
	struct keep words;		/* what was listed, as far as there is room */
	struct keep offer_line, masked_line, masked_other_line, corrupted_line;
};

/* Look at one word of the listing; line is what is quoted as evidence. */
void capability_word(struct capability *c, struct span word, const char *token,
    struct span line);

/* It lists that SASL mechanism, or these, with blanks, commas or quotes between them. */
void capability_mechanism(struct capability *c, struct span name);
void capability_mechanisms(struct capability *c, struct span names);

/* A password may be sent as it is, whatever mechanisms there are (USER of POP3). */
void capability_password(struct capability *c);

/* The listing is complete: tell facts what it said. */
void capability_finish(const struct capability *c, const char *token,
    struct facts *facts);

#endif
