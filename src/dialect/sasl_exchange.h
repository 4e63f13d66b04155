/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_SASL_EXCHANGE_H
#define DIALECT_SASL_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/facts.h"
#include "dialect/sasl.h"

/*
 * What crosses in one SASL exchange (RFC 4422 §3): which mechanism, and whether
 * the client's responses gave a recoverable secret away. Their text is never
 * looked at.
 */
struct sasl_exchange {
	const struct sasl_mechanism *mechanism;	/* NULL before any */
	uint8_t responses;
	bool challenged;	/* the server waits for a response */
};

void sasl_exchange_begin(struct sasl_exchange *x, struct span mechanism);

/* One response more: is it to be told? *secret_r: a secret can be recovered from what crossed. */
bool sasl_exchange_counts(struct sasl_exchange *x, bool *secret_r);

/* One response crossed in clear; verb is the command that began the exchange. */
void sasl_exchange_response(struct sasl_exchange *x, const char *verb, struct facts *facts);

#endif
