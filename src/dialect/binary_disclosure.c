/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/binary_disclosure.h"

/* Lengths, extensions, and what kind of message a server's is (RFC 4120 §5.10). */
void
kerberos_disclose(const void *state, struct disclosure *d)
{
	enum { LENGTH_BYTES = 4 };
	struct span rest = d->unit;
	uint32_t length;

	(void)state;
	if (d->is_rest || !span_be32(&rest, &length) ||
	    (length < UINT32_C(0x80000000) && length + LENGTH_BYTES < d->unit.n))
		return;
	disclose_at(d, 0, d->from == SIDE_SERVER ? LENGTH_BYTES + 1 : LENGTH_BYTES);
}

/* Flags, options and replies without what they are about (NBD's doc/proto.md). */
void
nbd_disclose(const void *state, struct disclosure *d)
{
	enum { FLAGS_BYTES = 4, OPTION_HEADER = 16, REPLY_HEADER = 20 };
	static const char reply_magic[] = "\x00\x03\xe8\x89\x04\x55\x65\xa9";

	(void)state;
	if (d->is_rest)
		return;
	if (d->from == SIDE_CLIENT && span_starts(d->unit, "IHAVEOPT"))
		disclose_at(d, 0, OPTION_HEADER);
	else if (d->from == SIDE_CLIENT && d->unit.n == FLAGS_BYTES &&
	    span_at(d->unit, 0) == 0 && span_at(d->unit, 1) == 0)
		disclose_at(d, 0, FLAGS_BYTES);
	else if (d->from == SIDE_SERVER &&
	    span_equals(span_head(d->unit, 8), span_of(reply_magic, 8)))
		disclose_at(d, 0, REPLY_HEADER);
}

/* The negotiation, without the user's name in front of it ([MS-RDPBCGR] §2.2.1.1). */
static void
disclose_negotiation(struct disclosure *d, struct span variable)
{
	enum { NEGOTIATION_BYTES = 8 };
	static const char cookie[] = "Cookie: mstshash=";
	const size_t end = span_find(variable, '\n');

	if (d->from == SIDE_CLIENT && span_at(variable, 0) != 1 && end < variable.n) {
		if (span_starts(variable, cookie))
			disclose(d, span_head(variable, sizeof(cookie) - 1));
		disclose(d, span_head(span_tail(variable, end), 1));
		variable = span_tail(variable, end + 1);
	}
	if (variable.n >= NEGOTIATION_BYTES && span_at(variable, 2) == NEGOTIATION_BYTES &&
	    span_at(variable, 3) == 0)
		disclose(d, span_head(variable, NEGOTIATION_BYTES));
}

void
rdp_disclose(const void *state, struct disclosure *d)
{
	enum { TPKT_HEADER = 4, X224_FIXED = 7, REQUEST = 0xe0, CONFIRM = 0xd0, DISCONNECT = 0x80 };
	static const uint8_t session_begins[] = { 0x02, 0xf0, 0x80, 0x7f, 0x66 };
	const int kind = span_at(d->unit, TPKT_HEADER + 1) & 0xf0;
	struct span rest = span_tail(d->unit, 2);
	uint16_t size;

	(void)state;
	if (d->is_rest || span_at(d->unit, 0) != 3 || span_at(d->unit, 1) != 0 ||
	    !span_be16(&rest, &size) || size < d->unit.n)
		return;
	disclose_at(d, 0, TPKT_HEADER + 2);
	if (d->from == SIDE_SERVER && span_equals(span_head(span_tail(d->unit, TPKT_HEADER),
	    sizeof(session_begins)), span_of(session_begins, sizeof(session_begins))))
		disclose_at(d, 0, TPKT_HEADER + sizeof(session_begins));
	if (span_at(d->unit, TPKT_HEADER) + TPKT_HEADER + 1 != (int)d->unit.n ||
	    (kind != REQUEST && kind != CONFIRM && kind != DISCONNECT))
		return;
	disclose_at(d, 0, TPKT_HEADER + X224_FIXED);
	disclose_negotiation(d, span_tail(d->unit, TPKT_HEADER + X224_FIXED));
}

/* Commands, with their options; what somebody typed, and what was shown, is not (RFC 854, 855). */
void
telnet_disclose(const void *state, struct disclosure *d)
{
	enum { IAC = 255, SB = 250, OPTION_START_TLS = 46, COMMAND_BYTES = 3 };

	(void)state;
	if (span_at(d->unit, 0) != IAC)
		return;
	disclose_at(d, 0, COMMAND_BYTES);
	if (span_at(d->unit, 1) != SB || d->unit.n < COMMAND_BYTES + 2)
		return;
	if (span_at(d->unit, 2) == OPTION_START_TLS)
		disclose_at(d, COMMAND_BYTES, 1);
	disclose_at(d, d->unit.n - 2, 2);
}

static bool
is_control(int c)
{
	return c < ' ';
}

/* "RFB 003.008", and a line's end */
static bool
is_version(struct span unit)
{
	for (size_t i = 4; i < 11; i++) {
		if (i != 7 && (span_at(unit, i) < '0' || span_at(unit, i) > '9'))
			return false;
	}
	return span_starts(unit, "RFB 00") && span_at(unit, 7) == '.' && span_at(unit, 11) == '\n';
}

/*
 * RFC 6143 §7.1: versions, types and results are small numbers, and nobody types them. Of
 * VeNCrypt's Plain the lengths stand in front.
 */
void
vnc_disclose(const void *state, struct disclosure *d)
{
	enum { VERSION_BYTES = 12, PLAIN_LENGTHS = 8, CHALLENGE_BYTES = 16 };
	struct span rest = d->unit;
	uint32_t name, password;

	(void)state;
	if (d->unit.n == VERSION_BYTES && is_version(d->unit))
		disclose(d, d->unit);
	else if (d->from == SIDE_CLIENT && d->unit.n >= PLAIN_LENGTHS && span_be32(&rest, &name) &&
	    span_be32(&rest, &password) && d->unit.n == PLAIN_LENGTHS + (size_t)name + password)
		disclose_at(d, 0, PLAIN_LENGTHS);
	else if (d->from == SIDE_CLIENT && d->unit.n == 4 && span_at(d->unit, 0) == 0 &&
	    span_at(d->unit, 1) == 0 && span_at(d->unit, 2) == 1)
		disclose(d, d->unit);
	else if (d->unit.n != CHALLENGE_BYTES)
		disclose_each(d, d->unit, is_control);
}
