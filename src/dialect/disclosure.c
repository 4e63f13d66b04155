/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/disclosure.h"

#include <string.h>

#include "dialect/quote.h"
#include "dialect/sasl.h"

static uint8_t *
place_of(const struct disclosure *d, struct span bytes)
{
	return d->out + (bytes.p - d->unit.p);
}

void
disclose(struct disclosure *d, struct span bytes)
{
	if (bytes.n > 0)
		memcpy(place_of(d, bytes), bytes.p, bytes.n);
}

void
disclose_at(struct disclosure *d, size_t offset, size_t n)
{
	disclose(d, span_head(span_tail(d->unit, offset), n));
}

void
disclose_each(struct disclosure *d, struct span bytes, bool (*is)(int c))
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (is(span_at(bytes, i)))
			disclose(d, span_head(span_tail(bytes, i), 1));
	}
}

void
disclose_prose(struct disclosure *d, struct span bytes)
{
	if (bytes.n > 0)
		quote_mask(bytes, d->typed, d->out[bytes.p - d->unit.p], place_of(d, bytes));
}

bool
disclose_known(struct disclosure *d, struct span bytes, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (span_is(bytes, *words)) {
			disclose(d, bytes);
			return true;
		}
	}
	return false;
}

bool
disclose_mechanism(struct disclosure *d, struct span bytes)
{
	const bool known = span_is(bytes, sasl_find(bytes)->name);

	if (known)
		disclose(d, bytes);
	return known;
}
