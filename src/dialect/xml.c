/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XML 1.0 (fifth edition) §2, Namespaces in XML 1.0 §2.1; expat does the work. */
#include "config.h"
#include "dialect/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/*
 * No character of XML (§2.2), not even by reference: expat refuses a namespace with
 * the separator in it, and a blank may stand there.
 */
static const char separator = '\x01';

/* In front of each block: how long it is, and whose. */
union block {
	struct {
		size_t bytes;
		size_t *account;
	} of;
	max_align_t align;
};

/* Expat's allocation functions are told nothing but a size: this is who calls. */
static _Thread_local size_t *account;

static void *
take(size_t bytes)
{
	union block *b;

	if (bytes > XML_MEMORY_MAX || *account > XML_MEMORY_MAX - bytes)
		return NULL;
	b = malloc(sizeof(*b) + bytes);
	if (b == NULL)
		return NULL;
	b->of.bytes = bytes;
	b->of.account = account;
	*account += bytes;
	return b + 1;
}

static void
give(void *p)
{
	union block *b = p;

	if (p == NULL)
		return;
	b--;
	*b->of.account -= b->of.bytes;
	free(b);
}

static void *
take_again(void *p, size_t bytes)
{
	void *grown = take(bytes);
	size_t old;

	if (grown == NULL || p == NULL)
		return grown;
	old = ((union block *)p - 1)->of.bytes;
	memcpy(grown, p, old < bytes ? old : bytes);
	give(p);
	return grown;
}

/* Where "what" ends, or 0; looked for from the place that was reached before. */
static size_t
end_of(struct xml *x, struct span in, const char *what)
{
	size_t n = strlen(what), i = x->scanned;

	for (; i + n <= in.n; i++) {
		if (span_starts(span_tail(in, i), what))
			return i + n;
	}
	x->scanned = i;
	return 0;
}

/* '>' inside a value is no end (XML §3.1). */
static size_t
end_of_tag(struct xml *x, struct span in)
{
	for (; x->scanned < in.n; x->scanned++) {
		int c = span_at(in, x->scanned);

		if (x->quote != 0) {
			if (c == x->quote)
				x->quote = 0;
		} else if (c == '\'' || c == '"') {
			x->quote = (uint8_t)c;
		} else if (c == '>') {
			return x->scanned + 1;
		}
	}
	return 0;
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Could it begin so, once more is there? */
static bool
may_start(struct span in, const char *what)
{
	return span_equals(in, span_head(span_text(what), in.n));
}

static size_t
markup(struct xml *x, struct span in, enum xml_unit *kind_r)
{
	static const char cdata[] = "<![CDATA[", comment[] = "<!--", declaration[] = "<?xml";

	*kind_r = XML_TAG;
	if (span_starts(in, cdata))
		return end_of(x, in, "]]>");
	if (span_starts(in, comment))
		return end_of(x, in, "-->");
	if (span_starts(in, declaration) && (in.n == 5 || is_blank(span_at(in, 5)))) {
		*kind_r = XML_DECLARATION;
		return end_of(x, in, "?>");
	}
	if (may_start(in, cdata) || may_start(in, comment) || may_start(in, declaration))
		return 0;
	if (span_at(in, 1) == '?')
		return end_of(x, in, "?>");
	if (span_at(in, 1) == '!') {
		*kind_r = XML_FORBIDDEN;
		return 2;
	}
	return end_of_tag(x, in);
}

static size_t
text(struct xml *x, struct span in)
{
	size_t most = in.n < XML_TEXT_PIECE ? in.n : XML_TEXT_PIECE;

	for (; x->scanned < most; x->scanned++) {
		int c = span_at(in, x->scanned);

		if (c == '<')
			return x->scanned;
		if (c == '>' && x->loose)
			return x->scanned + 1;
	}
	return most == XML_TEXT_PIECE ? most : 0;
}

void
xml_look_anew(struct xml *x)
{
	x->scanned = 0;
	x->quote = 0;
}

long
xml_unit_read(struct xml *x, struct span in, enum xml_unit *kind_r)
{
	size_t used = 0;

	if (x->scanned == 0 && is_blank(span_at(in, 0))) {
		while (is_blank(span_at(in, used)))
			used++;
		*kind_r = XML_BLANK;
		return (long)used;
	}
	if (span_at(in, 0) == '<') {
		used = markup(x, in, kind_r);
	} else {
		used = text(x, in);
		*kind_r = XML_TEXT;
	}
	if (used > 0)
		xml_look_anew(x);
	return (long)used;
}

/* What the callbacks of one call need. */
struct parsing {
	struct xml *x;
	const struct xml_handler *handler;
	void *ctx;
	bool refused;
};

static void XMLCALL
start_element(void *data, const char *name, const char **attributes)
{
	struct parsing *p = data;
	struct span whole = span_text(name);
	size_t at = span_find(whole, (uint8_t)separator);
	struct xml_name split = { span_head(whole, 0), whole };

	if (p->refused)
		return;
	if (p->x->depth == XML_DEPTH_MAX) {
		p->refused = true;
		XML_StopParser(p->x->parser, XML_FALSE);
		return;
	}
	if (at < whole.n)
		split = (struct xml_name){ span_head(whole, at), span_tail(whole, at + 1) };
	p->handler->start(p->ctx, p->x->depth++, &split, attributes);
}

static void XMLCALL
end_element(void *data, const char *name)
{
	struct parsing *p = data;

	(void)name;
	if (!p->refused)
		p->handler->end(p->ctx, --p->x->depth);
}

static void XMLCALL
characters(void *data, const char *text, int count)
{
	struct parsing *p = data;

	if (!p->refused && p->x->depth > 0)
		p->handler->text(p->ctx, p->x->depth - 1u, span_of(text, (size_t)count));
}

/* The unit reader lets no DTD through; should one come all the same, it ends here. */
static void XMLCALL
doctype(void *data, const char *name, const char *system_id, const char *public_id,
    int inside)
{
	struct parsing *p = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)inside;
	p->refused = true;
	XML_StopParser(p->x->parser, XML_FALSE);
}

static bool
has_parser(struct xml *x)
{
	static const XML_Memory_Handling_Suite bounded = { take, take_again, give };

	if (x->parser != NULL)
		return true;
	/* named, so that no declaration of the peer's can choose another encoding */
	x->parser = XML_ParserCreate_MM("UTF-8", &bounded, &separator);
	if (x->parser == NULL)
		return false;
#ifdef HAVE_XML_SETREPARSEDEFERRALENABLED
	/* units are whole, and of bounded length: what is put off would be read too late */
	XML_SetReparseDeferralEnabled(x->parser, XML_FALSE);
#endif
	XML_SetElementHandler(x->parser, start_element, end_element);
	XML_SetCharacterDataHandler(x->parser, characters);
	XML_SetStartDoctypeDeclHandler(x->parser, doctype);
	return true;
}

bool
xml_parse(struct xml *x, struct span unit, const struct xml_handler *handler,
    void *ctx)
{
	struct parsing p = { x, handler, ctx, false };
	enum XML_Status status = XML_STATUS_ERROR;

	account = &x->memory_bytes;
	if (has_parser(x)) {
		XML_SetUserData(x->parser, &p);
		status = XML_Parse(x->parser, (const char *)unit.p, (int)unit.n, XML_FALSE);
	}
	if (status != XML_STATUS_OK || p.refused) {
		xml_lose(x);
		return false;
	}
	return true;
}

void
xml_restart(struct xml *x)
{
	if (x->parser != NULL)
		XML_ParserFree(x->parser);
	x->parser = NULL;
	x->depth = 0;
	x->loose = false;
}

void
xml_lose(struct xml *x)
{
	xml_restart(x);
	xml_look_anew(x);
	x->loose = true;
}

struct span
xml_attribute(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2) {
		if (strcmp(attributes[0], name) == 0)
			return span_text(attributes[1]);
	}
	return span_text("");
}

bool
xml_is(const struct xml_name *name, const char *space, const char *local)
{
	return span_equals(name->space, span_text(space)) &&
	    span_equals(name->local, span_text(local));
}
