/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/sasl_exchange.h"

#include "base/keep.h"

void
sasl_exchange_begin(struct sasl_exchange *x, struct span mechanism)
{
	*x = (struct sasl_exchange){ .mechanism = sasl_find(mechanism) };
}

void
sasl_exchange_response(struct sasl_exchange *x, const char *verb, struct facts *facts)
{
	const struct sasl_mechanism *mechanism = x->mechanism;
	struct keep excerpt = { 0 };
	bool secret;

	x->challenged = false;
	if (mechanism == NULL)
		return;
	if (x->responses < UINT8_MAX)
		x->responses++;
	secret = mechanism->kind == SASL_FIRST ||
	    (mechanism->kind == SASL_SECOND && x->responses >= 2);
	if (!secret && mechanism->kind != SASL_OPAQUE)
		return;
	keep_add(&excerpt, span_text(verb));
	keep_add(&excerpt, span_text(" "));
	keep_add(&excerpt, span_text(mechanism->name));
	facts_credentials(facts, span_text(mechanism->name), secret, keep_span(&excerpt));
}
