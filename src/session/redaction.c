/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/redaction.h"

#include <stdlib.h>

#include "session/boundary.h"
#include "session/redaction_line.h"
#include "session/talk.h"

/* The line of a full stop ends a message. */
static void
mask_content(struct span unit, uint8_t *out)
{
	for (size_t i = 0; i < unit.n; i++) {
		if (span_at(unit, i) == '.' && (i == 0 || span_at(unit, i - 1) == '\n') &&
		    (i + 1 == unit.n || span_at(unit, i + 1) == '\r' ||
		    span_at(unit, i + 1) == '\n'))
			out[i] = '.';
	}
}

static void
mask_message(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c, uint8_t *out)
{
	struct disclosure d = { .unit = unit, .out = out, .from = from,
		.is_rest = is_rest, .typed = &r->typed };

	if (c->facts.carried.n > 0)
		disclose(&d, c->facts.carried);
	if (c->dialect->disclose != NULL && c->state != NULL && c->facts.unit != UNIT_UNREADABLE)
		c->dialect->disclose(c->state, &d);
	if (from == SIDE_CLIENT && c->facts.unit != UNIT_CONTENT)
		line_note_hidden(r, unit, out);
}

static void
mask(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c, uint8_t *out)
{
	const bool is_text = (c->dialect->traits & TRAIT_OWN_WORDS) == 0;
	const struct facts *f = &c->facts;

	memset(out, MASKED_FILLER, unit.n);
	if (is_text)
		line_show_blanks(out, unit);
	if (!f->guarded)
		line_show(out, unit, unit);
	else if (!is_text)
		mask_message(r, from, unit, is_rest, c, out);
	else if (f->unit == UNIT_CONTENT)
		mask_content(unit, out);
	else if (from == SIDE_CLIENT)
		line_mask_command(r, unit, is_rest, f, out);
	else
		line_mask_reply(r, unit, out);
	/* behind TLS noise must not turn into words */
	if (c->was_protected[from])
		line_show(out, unit, boundary_noise(unit));
}

void
redaction_unit(struct redaction *r, enum side from, struct span unit, bool is_rest,
    const struct conversation *c)
{
	uint8_t *out;

	if (r->masked == NULL)
		return;
	out = malloc(unit.n);
	if (out == NULL) {
		masked_hide(&r->masked[from], unit.n);
		return;
	}
	mask(r, from, unit, is_rest, c, out);
	masked_show(&r->masked[from], span_of(out, unit.n));
	free(out);
}

void
redaction_show(struct redaction *r, enum side from, struct span bytes)
{
	if (r->masked != NULL)
		masked_show(&r->masked[from], bytes);
}

void
redaction_hide(struct redaction *r, enum side from, uint64_t count)
{
	if (r->masked != NULL)
		masked_hide(&r->masked[from], count);
}

void
redaction_half_typed(struct redaction *r, struct span unit)
{
	if (r->masked == NULL || unit.n == 0)
		return;
	typed_add(&r->typed, span_head(unit, TYPED_READ_MAX), span_text(""));
	r->typed.anything = r->typed.anything || unit.n > TYPED_READ_MAX;
}

void
redaction_lose(struct redaction *r)
{
	r->typed.anything = true;
}
