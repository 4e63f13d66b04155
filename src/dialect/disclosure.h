/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_DISCLOSURE_H
#define DIALECT_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/typed.h"
#include "words/side.h"

/*
 * What of one unit may be shown in a capture that is kept for evidence: its protocol's own
 * lengths, types, codes, and names that stand in a table. Nothing is, until it is said.
 */
struct disclosure {
	struct span unit;
	uint8_t *out;			/* as long, filled with fillers */
	enum side from;
	bool is_rest;			/* of a unit that was read in pieces, or of a message */
	const struct typed *typed;	/* what the client said that was not shown */
};

/* These bytes, which lie in the unit. */
void disclose(struct disclosure *d, struct span bytes);

/* n bytes from an offset on, as far as there are any. */
void disclose_at(struct disclosure *d, size_t offset, size_t n);

/* Each byte for which that holds. */
void disclose_each(struct disclosure *d, struct span bytes, bool (*is)(int c));

/* The words of a server's prose that an event may quote. */
void disclose_prose(struct disclosure *d, struct span bytes);

/* The bytes, if they are one of these words, which end in NULL; compared without case. */
bool disclose_known(struct disclosure *d, struct span bytes, const char *const *words);

/* The bytes, if they are the name of a mechanism of SASL that we know. */
bool disclose_mechanism(struct disclosure *d, struct span bytes);

#endif
