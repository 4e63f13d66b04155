/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_SASL_H
#define DIALECT_SASL_H

#include <stdbool.h>

#include "base/span.h"

/*
 * SASL mechanisms (RFC 4422 and the IANA registry), by what a tap can take from
 * their exchange. Dialects quote a mechanism by the name in this table only: a
 * word that is not in it may be a secret that stands in the wrong place.
 */
enum sasl_kind {
	SASL_OPAQUE,	/* digests, challenge-response, tickets, nobody: no secret to recover */
	SASL_FIRST,	/* the client's first response holds the secret */
	SASL_SECOND,	/* LOGIN: first the name, then the password */
};

struct sasl_mechanism {
	const char *name;	/* "unknown" for one that is not in the table */
	enum sasl_kind kind;
};

/* A known mechanism that proves knowledge of a secret without showing it (CRAM-MD5, SCRAM). */
bool sasl_hides_secret(const struct sasl_mechanism *m);

/* Compared without case; never NULL. */
const struct sasl_mechanism *sasl_find(struct span name);

#endif
