/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XMPP, what may be shown: names of elements, and attributes that say how a stream is to be
 * read. No text but the names of mechanisms, no address.
 */
#include "dialect/xmpp.h"

static const char *const types[] = { "set", "get", "result", "error", "1.0", "1.1", "0.9", "2.0",
	"UTF-8", "yes", "no", "cancel", "auth", "wait", NULL };
static const char *const spaces[] = { "jabber:", "http://etherx.jabber.org/", "urn:ietf:params:",
	"urn:xmpp:", "http://jabber.org/", NULL };

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_markup(int c)
{
	return is_blank(c) || c == '<' || c == '>' || c == '/' || c == '?' || c == '=' ||
	    c == '\'' || c == '"';
}

static bool
is_space(struct span value)
{
	for (size_t i = 0; spaces[i] != NULL; i++) {
		if (span_starts(value, spaces[i]))
			return true;
	}
	return false;
}

static void
disclose_value(struct disclosure *d, struct span name, struct span value)
{
	if (span_starts(name, "xmlns") && is_space(value))
		disclose(d, value);
	else if (span_is(name, "mechanism"))
		disclose_mechanism(d, value);
	else if (!span_is(name, "to") && !span_is(name, "from") && !span_is(name, "id"))
		disclose_known(d, value, types);
}

/* name='value', the first one of what is left of a tag; false when there is none. */
static bool
take_attribute(struct span *rest, struct span *name_r, struct span *value_r)
{
	size_t n = span_find(*rest, '=');
	uint8_t quote;

	*name_r = span_head(*rest, n);
	while (name_r->n > 0 && is_blank(span_at(*name_r, 0)))
		span_skip(name_r, 1);
	while (name_r->n > 0 && is_blank(span_at(*name_r, name_r->n - 1)))
		name_r->n--;
	*rest = span_tail(*rest, n + 1);
	while (is_blank(span_at(*rest, 0)))
		span_skip(rest, 1);
	if (!span_u8(rest, &quote) || (quote != '\'' && quote != '"'))
		return false;
	n = span_find(*rest, quote);
	*value_r = span_head(*rest, n);
	*rest = span_tail(*rest, n + 1);
	return true;
}

/* Two that became the same would be a fault (XML 1.0 §3.1). */
static bool
is_attribute(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		int c = span_at(name, i);

		if ((c < 'a' || c > 'z') && c != ':' && c != '-')
			return false;
	}
	return true;
}

/* Quotation marks, and what stands outside of them. */
static void
disclose_markup(struct disclosure *d, struct span tag)
{
	int quote = 0;

	for (; tag.n > 0; span_skip(&tag, 1)) {
		const int c = span_at(tag, 0);

		if (quote != 0 && c != quote)
			continue;
		if (is_markup(c))
			disclose(d, span_head(tag, 1));
		if (c == '\'' || c == '"')
			quote = quote == 0 ? c : 0;
	}
}

/* Which elements and attributes there are software says, and nobody's password is one. */
static void
disclose_tag(struct disclosure *d, struct span tag)
{
	struct span name, value;
	size_t n = 1;

	while (n < tag.n && !is_blank(span_at(tag, n)) && span_at(tag, n) != '>' &&
	    !(span_at(tag, n) == '/' && n > 1))
		n++;
	disclose(d, span_head(tag, n));
	tag = span_tail(tag, n);
	disclose_markup(d, tag);
	while (take_attribute(&tag, &name, &value)) {
		if (is_attribute(name))
			disclose(d, name);
		disclose_value(d, name, value);
	}
}

static struct span
trimmed(struct span text)
{
	while (is_blank(span_at(text, 0)))
		span_skip(&text, 1);
	while (text.n > 0 && is_blank(span_at(text, text.n - 1)))
		text.n--;
	return text;
}

/* What stands between tags; behind a value that holds what looks like markup, too. */
void
xmpp_disclose(const void *state, struct disclosure *d)
{
	const struct xmpp *s = state;
	struct span text = trimmed(d->unit);

	if (s->lost[d->from])
		return;
	if (span_at(d->unit, 0) == '<' && span_at(d->unit, 1) != '!') {
		disclose_tag(d, d->unit);
		return;
	}
	disclose_each(d, d->unit, is_blank);
	if (span_is(text, "=") || (d->from == SIDE_SERVER && !typed_has(d->typed, text)))
		disclose_mechanism(d, text);
	if (span_is(text, "="))
		disclose(d, text);
}
