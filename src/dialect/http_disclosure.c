/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1, what may be shown: methods, versions and codes, the fields that an upgrade rests
 * on, lengths. No target, no other field, no body.
 */
#include "dialect/http.h"

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
	"OPTIONS", "TRACE", "PATCH", NULL };
static const char *const names[] = { "Upgrade", "Connection", "Content-Length",
	"Transfer-Encoding", "Host", "Authorization", "Proxy-Authorization", NULL };
static const char *const values[] = { "TLS", "TLS/1.0", "TLS/1.1", "TLS/1.2", "TLS/1.3",
	"HTTP/1.1", "HTTP/2.0", "h2c", "websocket", "Upgrade", "close", "keep-alive", "chunked",
	"identity", "gzip", NULL };
static const char *const schemes[] = { "Basic", "Bearer", "Digest", "NTLM", "Negotiate", NULL };

enum { STATUS_BYTES = 13 };	/* "HTTP/1.1 101 " */

static bool
is_structure(int c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ':' || c == ';';
}

static bool
is_line_end(int c)
{
	return c == '\r' || c == '\n';
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* Words between commas and blanks. */
static void
disclose_list(struct disclosure *d, struct span list)
{
	disclose_each(d, list, is_structure);
	while (list.n > 0) {
		size_t n = 0;

		while (n < list.n && !is_structure(span_at(list, n)))
			n++;
		disclose_known(d, span_head(list, n), values);
		list = span_tail(list, n + 1);
	}
}

/* One number, or a list of them; what else stands there is none. */
static void
disclose_lengths(struct disclosure *d, struct span value)
{
	disclose_each(d, value, is_structure);
	while (value.n > 0) {
		const size_t comma = span_find(value, ',');
		struct span length = span_head(value, comma);
		size_t digits = 0;

		while (span_at(length, 0) == ' ')
			span_skip(&length, 1);
		while (is_digit(span_at(length, digits)))
			digits++;
		if (digits == length.n)
			disclose(d, length);
		value = span_tail(value, comma + 1);
	}
}

static void
disclose_value(struct disclosure *d, enum http_field field, struct span value)
{
	struct span rest;

	switch (field) {
	case HTTP_UPGRADE:
	case HTTP_CONNECTION:
	case HTTP_TRANSFER_CODING:
		disclose_list(d, value);
		break;
	case HTTP_CONTENT_LENGTH:
		disclose_lengths(d, value);
		break;
	case HTTP_AUTHORIZATION:
	case HTTP_PROXY_AUTHORIZATION:
		while (span_at(value, 0) == ' ')
			span_skip(&value, 1);
		if (disclose_known(d, line_word(value, &rest), schemes))
			disclose_each(d, value, is_structure);
		break;
	default:
		break;
	}
}

static void
disclose_field(struct disclosure *d, enum http_field field, struct span line)
{
	const size_t colon = span_find(line, ':');

	if (is_structure(span_at(line, 0))) {
		disclose(d, span_head(line, 1));
		disclose_value(d, field, line);
		return;
	}
	disclose(d, span_head(span_tail(line, colon), 1));
	if (span_at(line, colon + 1) == ' ')
		disclose(d, span_head(span_tail(line, colon + 1), 1));
	if (disclose_known(d, span_head(line, colon), names))
		disclose_value(d, field, span_tail(line, colon + 1));
}

/* Where a target stands only its form is shown, and of CONNECT's its port. */
static void
disclose_request(struct disclosure *d, struct span line)
{
	struct span rest, method = line_word(line, &rest), target = line_word(rest, &rest);
	size_t colon = target.n;

	disclose_each(d, line, is_structure);
	disclose_known(d, method, methods);
	if (span_at(target, 0) == '/')
		disclose(d, span_head(target, 1));
	if (http_is_version(rest))
		disclose(d, rest);
	while (colon > 0 && is_digit(span_at(target, colon - 1)))
		colon--;
	if (span_is(method, "CONNECT") && span_at(target, colon - 1) == ':')
		disclose(d, span_tail(target, colon));
}

/* It has just been read, so what it says is what is left. */
static bool
is_chunk_size(const struct http_message *m, struct span line)
{
	uint64_t size = 0;

	if (m->part != HTTP_CHUNK_DATA && m->part != HTTP_TRAILER)
		return false;
	for (size_t i = 0; i < line.n; i++) {
		int c = span_at(line, i) | 0x20;

		if (!is_digit(span_at(line, i)) && (c < 'a' || c > 'f'))
			return false;
		size = size << 4 | (uint64_t)(is_digit(span_at(line, i)) ? c & 15 : c - 'a' + 10);
	}
	return line.n > 0 && line.n < 16 && size == m->left;
}

void
http_disclose(const void *state, struct disclosure *d)
{
	const struct http *s = state;
	const struct http_message *m = &s->said[d->from];
	struct span line = d->unit;
	const bool is_body = m->part == HTTP_BODY || m->part == HTTP_CHUNK_DATA ||
	    m->part == HTTP_CHUNK_END || m->part == HTTP_TO_END;

	while (line.n > 0 && is_line_end(span_at(line, line.n - 1)))
		line.n--;
	disclose(d, span_tail(d->unit, line.n));
	if (is_chunk_size(m, line))
		disclose(d, line);
	else if (d->from == SIDE_SERVER && http_status(line) != 0)
		disclose(d, span_head(line, STATUS_BYTES));
	else if (s->lost[d->from] || is_body)
		return;
	else if (d->from == SIDE_CLIENT && m->field == HTTP_OTHER &&
	    span_find(line, ':') > span_find(line, ' '))
		disclose_request(d, line);
	else if (m->part == HTTP_HEAD)
		disclose_field(d, (enum http_field)m->field, line);
}
