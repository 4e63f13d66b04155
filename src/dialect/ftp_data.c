/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FTP, where data goes: PORT and PASV (RFC 959 §4.1.2, §5.3.2), EPRT and EPSV (RFC 2428),
 * and whether it is to be protected (RFC 4217 §9). Only ports are read: the address is
 * that of the connection, or else the data goes to a third machine.
 */
#include "dialect/ftp.h"

enum { NUMBERS = 6, NUMBER_MAX = 255 };

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

/* "h1,h2,h3,h4,p1,p2" at the front; 0 when it is not that. */
static uint16_t
six_numbers(struct span text)
{
	unsigned last = 0, before = 0;

	for (int i = 0; i < NUMBERS; i++) {
		before = last;
		if (i > 0 && span_at(text, 0) != ',')
			return 0;
		if (i > 0)
			text = span_tail(text, 1);
		if (!take_number(&text, NUMBER_MAX, &last))
			return 0;
	}
	return (uint16_t)(before << 8 | last);
}

/* "|1|192.0.2.1|40001|", whatever the character between: the third field. */
static uint16_t
third_field(struct span text)
{
	const int bar = span_at(text, 0);
	unsigned port;

	if (bar < 33 || bar > 126)
		return 0;
	for (int i = 0; i < 3; i++) {
		size_t next = span_find(text, (uint8_t)bar);

		if (next >= text.n)
			return 0;
		text = span_tail(text, next + 1);
	}
	return take_number(&text, UINT16_MAX, &port) && span_at(text, 0) == bar ?
	    (uint16_t)port : 0;
}

void
ftp_data_command(struct span word, struct span argument, struct facts *facts)
{
	if (span_is(word, "PORT"))
		facts_data_at(facts, SIDE_CLIENT, six_numbers(argument));
	else if (span_is(word, "EPRT"))
		facts_data_at(facts, SIDE_CLIENT, third_field(argument));
}

/* Not every server puts the numbers in parentheses (RFC 1123 §4.1.2.6): they are looked for. */
void
ftp_data_reply(unsigned code, struct span line, struct facts *facts)
{
	struct span text = span_tail(line, 4);
	uint16_t port = 0;

	if (code == 229)
		port = third_field(span_tail(text, span_find(text, '(') + 1));
	for (; code == 227 && port == 0 && text.n > 0; text = span_tail(text, 1)) {
		if (span_at(text, 0) >= '0' && span_at(text, 0) <= '9')
			port = six_numbers(text);
	}
	facts_data_at(facts, SIDE_SERVER, port);
}
