/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FTP, where data goes: PORT and PASV (RFC 959 §4.1.2, §5.3.2), EPRT and EPSV (RFC 2428),
 * and whether it is to be protected (RFC 4217 §9).
 */
#include "dialect/ftp.h"

#include <string.h>

enum { NUMBERS = 6, ADDRESS_NUMBERS = 4, NUMBER_MAX = 255 };

/* Digits at the front, and their value if it is at most max. */
static bool
take_number(struct span *text, unsigned max, unsigned *value_r)
{
	size_t n = 0;

	*value_r = 0;
	while (span_at(*text, n) >= '0' && span_at(*text, n) <= '9') {
		*value_r = *value_r * 10 + (unsigned)(span_at(*text, n++) - '0');
		if (*value_r > max)
			return false;
	}
	*text = span_tail(*text, n);
	return n > 0;
}

/* "h1,h2,h3,h4,p1,p2" at the front; port 0 when it is not that. */
static void
six_numbers(struct span text, struct data_place *place_r)
{
	unsigned numbers[NUMBERS];

	for (int i = 0; i < NUMBERS; i++) {
		if (i > 0 && span_at(text, 0) != ',')
			return;
		if (i > 0)
			text = span_tail(text, 1);
		if (!take_number(&text, NUMBER_MAX, &numbers[i]))
			return;
	}
	place_r->address.family = 4;
	for (int i = 0; i < ADDRESS_NUMBERS; i++)
		place_r->address.bytes[i] = (uint8_t)numbers[i];
	place_r->port = (uint16_t)(numbers[4] << 8 | numbers[5]);
}

/* What is no address leaves that of the connection. */
static void
address_field(struct span text, struct address *address_r)
{
	char copy[ADDRESS_TEXT_SIZE];

	if (text.n == 0 || text.n >= sizeof(copy))
		return;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (!address_parse(copy, address_r))
		*address_r = (struct address){ 0 };
}

/* "|2|2001:db8::1|40001|", whatever the character between; 229 leaves the first two empty. */
static void
three_fields(struct span text, struct data_place *place_r)
{
	const int bar = span_at(text, 0);
	struct span field = { 0 };
	unsigned port;

	if (bar < 33 || bar > 126)
		return;
	text = span_tail(text, 1);
	for (int i = 0; i < 2; i++) {
		size_t next = span_find(text, (uint8_t)bar);

		if (next >= text.n)
			return;
		field = span_head(text, next);
		text = span_tail(text, next + 1);
	}
	if (!take_number(&text, UINT16_MAX, &port) || span_at(text, 0) != bar)
		return;
	address_field(field, &place_r->address);
	place_r->port = (uint16_t)port;
}

void
ftp_data_command(struct span word, struct span argument, struct facts *facts)
{
	struct data_place place = { .side = SIDE_CLIENT };

	if (span_is(word, "PORT"))
		six_numbers(argument, &place);
	else if (span_is(word, "EPRT"))
		three_fields(argument, &place);
	facts_data_at(facts, &place);
}

/* Not every server puts the numbers in parentheses (RFC 1123 §4.1.2.6): they are looked for. */
void
ftp_data_reply(unsigned code, struct span line, struct facts *facts)
{
	struct span text = span_tail(line, 4);
	struct data_place place = { .side = SIDE_SERVER };

	if (code == 229)
		three_fields(span_tail(text, span_find(text, '(') + 1), &place);
	for (; code == 227 && place.port == 0 && text.n > 0; text = span_tail(text, 1)) {
		if (span_at(text, 0) >= '0' && span_at(text, 0) <= '9')
			six_numbers(text, &place);
	}
	facts_data_at(facts, &place);
}
