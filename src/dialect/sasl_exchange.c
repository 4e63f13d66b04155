/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/sasl_exchange.h"

#include "base/keep.h"

void
sasl_exchange_begin(struct sasl_exchange *x, struct span mechanism)
{
	*x = (struct sasl_exchange){ .mechanism = sasl_find(mechanism) };
}

bool
sasl_exchange_counts(struct sasl_exchange *x, bool *secret_r)
{
	const struct sasl_mechanism *mechanism = x->mechanism;

	*secret_r = false;
	x->challenged = false;
	if (mechanism == NULL)
		return false;
	if (x->responses < UINT8_MAX)
		x->responses++;
	*secret_r = mechanism->kind == SASL_FIRST ||
	    (mechanism->kind == SASL_SECOND && x->responses >= 2);
	return *secret_r || mechanism->kind == SASL_OPAQUE;
}

void
sasl_exchange_response(struct sasl_exchange *x, const char *verb, struct facts *facts)
{
	const struct sasl_mechanism *mechanism = x->mechanism;
	struct keep excerpt = { 0 };
	bool secret;

	if (!sasl_exchange_counts(x, &secret))
		return;
	keep_add(&excerpt, span_text(verb));
	keep_add(&excerpt, span_text(" "));
	keep_add(&excerpt, span_text(mechanism->name));
	facts_credentials(facts, span_text(mechanism->name), secret, keep_span(&excerpt));
}
