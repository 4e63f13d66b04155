/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PostgreSQL, what may be shown: types and lengths of messages, what a server asks for, codes
 * of errors and the words that they are told in, names of mechanisms.
 */
#include "dialect/postgresql.h"

enum {
	TYPED_HEAD = 5,
	OPENING_HEAD = 8,
	AUTHENTICATION_BYTES = 4,	/* behind the head: what is asked for */
	MD5_BYTES = 36,
};

static bool
is_of_code(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Each field is its kind, and a string. */
static void
disclose_error(struct disclosure *d, struct span fields)
{
	struct span value;
	uint8_t kind;

	while (fields.n > 0) {
		disclose(d, span_head(fields, 1));
		if (!span_u8(&fields, &kind) || kind == 0 ||
		    !span_take(&fields, span_find(fields, '\0'), &value))
			return;
		if (kind == 'C')
			disclose_each(d, value, is_of_code);
		else if (kind == 'M')
			disclose_prose(d, value);
		disclose(d, span_head(fields, 1));
		span_skip(&fields, 1);
	}
}

/* A string ends where it did, and a digest looks like one. */
static void
disclose_password(struct disclosure *d, struct span content)
{
	const size_t end = span_find(content, '\0');

	disclose(d, span_head(span_tail(content, end), 1));
	if (content.n == MD5_BYTES && span_starts(content, "md5"))
		disclose(d, span_head(content, 3));
	else if (end + 1 < content.n)
		disclose_mechanism(d, span_head(content, end));
}

static bool
is_end(int c)
{
	return c == '\0';
}

/* Names and values by turns: who wants what is nobody's business. */
static void
disclose_parameters(struct disclosure *d, struct span parameters)
{
	static const char *const names[] = { "user", "database", "options", "replication",
		"application_name", "client_encoding", "DateStyle", "TimeZone",
		"extra_float_digits", NULL };

	disclose_each(d, parameters, is_end);
	for (bool is_name = true; parameters.n > 0; is_name = !is_name) {
		size_t n = span_find(parameters, '\0');

		if (is_name)
			disclose_known(d, span_head(parameters, n), names);
		parameters = span_tail(parameters, n + 1);
	}
}

/* One that came whole, or begins; its length stands at that offset, and counts from there. */
static bool
is_message(struct span unit, size_t offset)
{
	struct span rest = span_tail(unit, offset);
	uint32_t size;

	return span_be32(&rest, &size) && size >= 4 && size < 1u << 29 && size + offset >= unit.n;
}

static void
disclose_typed(struct disclosure *d)
{
	const int type = span_at(d->unit, 0);
	struct span content = span_tail(d->unit, TYPED_HEAD);

	disclose_at(d, 0, TYPED_HEAD);
	if (d->from == SIDE_CLIENT && type == 'p')
		disclose_password(d, content);
	else if (d->from == SIDE_SERVER && type == 'R')
		disclose(d, span_head(content, AUTHENTICATION_BYTES));
	else if (d->from == SIDE_SERVER && type == 'E')
		disclose_error(d, content);
}

void
postgresql_disclose(const void *state, struct disclosure *d)
{
	const struct postgresql *p = state;

	if (d->is_rest)
		return;
	if (d->unit.n == 1) {
		/* a server of protocol 2 goes on in text, byte by byte */
		if (!p->old_server || span_at(d->unit, 0) == 'E')
			disclose(d, d->unit);
	}
	else if (d->from == SIDE_CLIENT && is_message(d->unit, 0)) {
		disclose_at(d, 0, OPENING_HEAD);
		/* of a CancelRequest the key follows */
		if (span_at(d->unit, 4) == 0 && span_at(d->unit, 5) == 3)
			disclose_parameters(d, span_tail(d->unit, OPENING_HEAD));
	} else if (is_message(d->unit, 1)) {
		disclose_typed(d);
	}
}
