/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/1 messages: fields, folded lines (RFC 9112 §5), bodies by length or in chunks (§6, §7). */
#include "dialect/http.h"

static const struct {
	const char *name;
	enum http_field field;
} fields[] = {
	{ "Upgrade", HTTP_UPGRADE },
	{ "Connection", HTTP_CONNECTION },
	{ "Content-Length", HTTP_CONTENT_LENGTH },
	{ "Transfer-Encoding", HTTP_TRANSFER_CODING },
	{ "Host", HTTP_HOST },
	{ "Authorization", HTTP_AUTHORIZATION },
	{ "Proxy-Authorization", HTTP_PROXY_AUTHORIZATION },
};

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t';
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

/* The next element of a list with commas; false when there is none. */
static bool
take_element(struct span *list, struct span *element_r)
{
	size_t comma = span_find(*list, ',');

	if (list->n == 0)
		return false;
	*element_r = trimmed(span_head(*list, comma));
	*list = span_tail(*list, comma + 1);
	return true;
}

/* A product is a name, and mostly a version behind a slash (RFC 9110 §7.8). */
static void
read_upgrade(struct http_message *m, struct span list)
{
	struct span product;

	m->upgrade = true;
	while (take_element(&list, &product)) {
		struct span name = span_head(product, span_find(product, '/'));

		if (span_is(name, "TLS") && m->tls.n == 0)
			keep_set(&m->tls, product);
	}
}

static void
read_connection(struct http_message *m, struct span list)
{
	struct span option;

	while (take_element(&list, &option))
		m->connection = m->connection || span_is(option, "Upgrade");
}

/* Only a last coding that is "chunked" tells where the body ends (RFC 9112 §6.3). */
static void
read_coding(struct http_message *m, struct span list)
{
	struct span coding;

	while (take_element(&list, &coding)) {
		if (coding.n == 0 || span_is(coding, "identity"))
			continue;
		m->coded = true;
		m->chunked = span_is(coding, "chunked");
	}
}

static bool
read_decimal(struct span text, uint64_t *value_r)
{
	*value_r = 0;
	if (text.n == 0 || text.n > 18)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		int c = span_at(text, i);

		if (c < '0' || c > '9')
			return false;
		*value_r = *value_r * 10 + (uint64_t)(c - '0');
	}
	return true;
}

/* The same length may stand there twice (RFC 9110 §8.6); two lengths are a trick. */
static void
read_length(struct http_message *m, struct span list)
{
	struct span element;
	uint64_t length;

	while (take_element(&list, &element)) {
		if (!read_decimal(element, &length) || (m->has_length && m->left != length))
			m->ambiguous = true;
		m->has_length = true;
		m->left = length;
	}
}

/* The line with a chunk's size: hexadecimal, and extensions behind a semicolon. */
static bool
read_chunk_size(struct span line, uint64_t *size_r)
{
	struct span digits = trimmed(span_head(line, span_find(line, ';')));

	*size_r = 0;
	if (digits.n == 0 || digits.n > 15)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		int c = span_at(digits, i);
		int digit = c >= '0' && c <= '9' ? c - '0' :
		    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (digit < 0)
			return false;
		*size_r = *size_r << 4 | (uint64_t)digit;
	}
	return true;
}

static enum http_field
field_of(struct span name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (span_is(name, fields[i].name))
			return fields[i].field;
	}
	return HTTP_OTHER;
}

/* A field, or (behind a blank) more of the one before. */
static void
read_field(struct http_message *m, struct span line, bool whole, struct http_piece *piece_r)
{
	size_t colon = span_find(line, ':');
	bool folded = is_blank(span_at(line, 0));
	enum http_field field = folded ? (enum http_field)m->field :
	    field_of(span_head(line, colon));

	m->field = (uint8_t)field;
	*piece_r = (struct http_piece){ HTTP_FIELD, field, folded,
		trimmed(folded ? line : span_tail(line, colon + 1)) };
	if (field == HTTP_CONTENT_LENGTH || field == HTTP_TRANSFER_CODING)
		m->ambiguous = m->ambiguous || !whole;
	if (!whole)
		return;
	if (field == HTTP_UPGRADE)
		read_upgrade(m, piece_r->text);
	else if (field == HTTP_CONNECTION)
		read_connection(m, piece_r->text);
	else if (field == HTTP_TRANSFER_CODING)
		read_coding(m, piece_r->text);
	else if (field == HTTP_CONTENT_LENGTH)
		read_length(m, piece_r->text);
}

/* A message begins: forget the one before. */
static void
begin(struct http_message *m)
{
	struct line_reader lines = m->lines;

	*m = (struct http_message){ .lines = lines, .part = HTTP_HEAD };
}

static enum http_event
read_chunk(struct http_message *m, struct span line)
{
	if (!read_chunk_size(line, &m->left))
		return HTTP_BROKEN;
	m->part = m->left > 0 ? HTTP_CHUNK_DATA : HTTP_TRAILER;
	return HTTP_NOTHING;
}

static void
read_line(struct http_message *m, const struct line *line, struct http_piece *piece_r)
{
	bool empty = line->text.n == 0;

	*piece_r = (struct http_piece){ .event = HTTP_NOTHING, .text = line->text };
	if (line->kind == LINE_REST)
		return;
	switch ((enum http_part)m->part) {
	case HTTP_START:
		piece_r->event = empty ? HTTP_BLANK : HTTP_STARTS;
		if (!empty)
			begin(m);
		break;
	case HTTP_HEAD:
		if (empty)
			piece_r->event = HTTP_HEAD_ENDS;
		else
			read_field(m, line->text, line->kind == LINE_WHOLE, piece_r);
		break;
	case HTTP_CHUNK:
		piece_r->event = read_chunk(m, line->text);
		break;
	case HTTP_CHUNK_END:
		m->part = HTTP_CHUNK;
		piece_r->event = empty ? HTTP_NOTHING : HTTP_BROKEN;
		break;
	case HTTP_TRAILER:
		if (empty) {
			m->part = HTTP_START;
			piece_r->event = HTTP_ENDS;
		}
		break;
	case HTTP_BODY:
	case HTTP_CHUNK_DATA:
	case HTTP_TO_END:
		break;
	}
}

/* The body, or the chunk, is one stretch shorter. */
static enum http_event
pass(struct http_message *m, uint64_t count)
{
	m->left -= count;
	m->passed += count;
	if (m->left > 0)
		return HTTP_NOTHING;
	if (m->part == HTTP_CHUNK_DATA) {
		m->part = HTTP_CHUNK_END;
		return HTTP_NOTHING;
	}
	m->part = HTTP_START;
	return HTTP_ENDS;
}

long
http_message_read(struct http_message *m, struct span in, struct http_piece *piece_r)
{
	struct line line;
	long used;

	if (m->part == HTTP_TO_END) {
		m->passed += in.n;
		*piece_r = (struct http_piece){ .text = in };
		return (long)in.n;
	}
	if (m->part == HTTP_BODY || m->part == HTTP_CHUNK_DATA) {
		struct span stretch = span_head(in, m->left < in.n ? (size_t)m->left : in.n);

		*piece_r = (struct http_piece){ .text = stretch };
		piece_r->event = pass(m, stretch.n);
		return (long)stretch.n;
	}
	used = line_read(&m->lines, in, &line);
	if (used > 0)
		read_line(m, &line, piece_r);
	return used;
}

bool
http_message_body(struct http_message *m, bool has_body, bool is_response)
{
	m->passed = 0;
	m->part = HTTP_START;
	if (!has_body)
		return true;
	if (m->ambiguous || (m->coded && !m->chunked && !is_response))
		return false;
	if (m->chunked)
		m->part = HTTP_CHUNK;
	else if (m->coded || (is_response && !m->has_length))
		http_message_to_end(m);
	else if (m->has_length && m->left > 0)
		m->part = HTTP_BODY;
	return true;
}

void
http_message_to_end(struct http_message *m)
{
	m->part = HTTP_TO_END;
	m->left = 0;
}

bool
http_message_is_long(const struct http_message *m)
{
	return (m->part == HTTP_BODY || m->part == HTTP_CHUNK_DATA || m->part == HTTP_TO_END) &&
	    m->left + m->passed > HTTP_BODY_LONG;
}

bool
http_message_names_tls(const struct http_message *m)
{
	return m->tls.n > 0 && m->connection;
}

enum http_event
http_message_gap(struct http_message *m, uint64_t count)
{
	bool inside = m->part == HTTP_BODY || m->part == HTTP_CHUNK_DATA;

	if (m->part == HTTP_TO_END)
		return HTTP_NOTHING;
	return inside && count <= m->left ? pass(m, count) : HTTP_BROKEN;
}
