/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_AMQP_H
#define DIALECT_AMQP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/dialect.h"
#include "dialect/pdu.h"
#include "dialect/sasl.h"

/*
 * AMQP 1.0 (OASIS) with its TLS header, and AMQP 0-9-1, which shares the header
 * and knows no upgrade, but sends the same secrets.
 */
enum amqp_version { AMQP_1_0, AMQP_0_9, AMQP_OTHER };

struct amqp {
	struct pdu_reader pdus[2];
	bool asked;		/* TLS, and not answered yet */
	uint8_t version;	/* enum amqp_version */
	const struct sasl_mechanism *mechanism;
	uint8_t responses;
};

/* The client named its mechanism, and gave a response to it or not. */
void amqp_sasl_init(struct amqp *a, struct span mechanism, bool given, struct facts *facts);

/* The client gave one more response. */
void amqp_sasl_response(struct amqp *a, struct facts *facts);

/* Read one frame of AMQP 0-9-1; see dialect.feed. */
long amqp_0_9_unit(struct amqp *a, enum side from, struct span in, struct facts *facts);

/* What may be shown of a unit: dialect.h. */
void amqp_disclose(const void *state, struct disclosure *d);

#endif
