/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record layer: RFC 8446 §5.1, RFC 5246 §6.2 and appendix E.2. */
#include "tls/tls.h"

#include "tls/message.h"

enum {
	CLEAR_MAX = 1 << 14,
	PROTECTED_MAX = CLEAR_MAX + 2048,	/* RFC 5246 §6.2.3 */
	LOOK = 6,
	LOOK_SSLV2 = 5,
	ALERT_SIZE = 2,
	ALERT_WARNING = 1,
	ALERT_FATAL = 2,
	/* header 9, one cipher 3, challenge 16 */
	SSLV2_HELLO_MIN = 28,
	VERSION_TLCP = 0x0101,
};

static bool
is_version(uint16_t version)
{
	return (version >= 0x0300 && version <= 0x0304) || version == VERSION_TLCP;
}

static bool
is_length(uint8_t content, uint16_t length)
{
	bool is_protected = content == TLS_APPLICATION_DATA || content == TLS_HEARTBEAT;

	return length > 0 && length <= (is_protected ? PROTECTED_MAX : CLEAR_MAX);
}

long
tls_record_read(struct span in, struct tls_record *record_r)
{
	struct tls_record record = { 0 };

	if (!span_u8(&in, &record.content) || !span_be16(&in, &record.version) ||
	    !span_be16(&in, &record.length))
		return 0;
	if (record.content < TLS_CHANGE_CIPHER_SPEC || record.content > TLS_HEARTBEAT ||
	    !is_version(record.version) || !is_length(record.content, record.length))
		return -1;
	record.fragment = span_head(in, record.length);
	*record_r = record;
	return TLS_RECORD_HEADER + record.length;
}

bool
tls_record_is_fatal_alert(const struct tls_record *record, uint16_t version)
{
	enum { TLS_1_3 = 0x0304, CLOSE_NOTIFY = 0, USER_CANCELED = 90 };
	const int level = span_at(record->fragment, 0);
	const int description = span_at(record->fragment, 1);

	if (record->content != TLS_ALERT || record->length != ALERT_SIZE ||
	    record->fragment.n != ALERT_SIZE)
		return false;
	return level == ALERT_FATAL || (version >= TLS_1_3 && description != CLOSE_NOTIFY &&
	    description != USER_CANCELED);
}

/*
 * A prefix may still become a hello if the most favourable bytes make it one;
 * so those are laid under the bytes that are there, and judged with them.
 */
static struct span
overlay(uint8_t *favourable, size_t n, struct span in)
{
	for (size_t i = 0; i < n && i < in.n; i++)
		favourable[i] = (uint8_t)span_at(in, i);
	return span_of(favourable, n);
}

static bool
could_be_message(struct span in, uint8_t message)
{
	/* a first length byte at the limit leaves only zero for the second */
	uint8_t low = span_at(in, 3) == CLEAR_MAX >> 8 ? 0 : 1;
	uint8_t header[LOOK] = { TLS_HANDSHAKE, 3, 1, 0, low, message };
	struct span look = overlay(header, LOOK, in);
	struct tls_record record;

	return tls_record_read(look, &record) > 0 && record.content == TLS_HANDSHAKE &&
	    span_at(record.fragment, 0) == message;
}

static bool
could_be_alert(struct span in)
{
	uint8_t header[LOOK] = { TLS_ALERT, 3, 1, 0, ALERT_SIZE, ALERT_FATAL };
	struct span look = overlay(header, LOOK, in);
	struct tls_record record;
	int level;

	if (tls_record_read(look, &record) <= 0 || record.content != TLS_ALERT ||
	    record.length != ALERT_SIZE)
		return false;
	level = span_at(record.fragment, 0);
	return level == ALERT_WARNING || level == ALERT_FATAL;
}

/* Two bytes of length with the top bit set, then the message and the version. */
static bool
could_be_sslv2(struct span in)
{
	uint8_t header[LOOK_SSLV2] = { 0x80, SSLV2_HELLO_MIN, TLS_CLIENT_HELLO, 3, 2 };
	struct span look = overlay(header, LOOK_SSLV2, in);
	uint16_t length, version;
	uint8_t message;

	return span_be16(&look, &length) && span_u8(&look, &message) &&
	    span_be16(&look, &version) && length >= (0x8000 | SSLV2_HELLO_MIN) &&
	    message == TLS_CLIENT_HELLO &&
	    (version == 2 || (version >= 0x0300 && version <= 0x0304));
}

enum tls_looks
tls_looks_like_client(struct span in)
{
	if (could_be_message(in, TLS_CLIENT_HELLO))
		return in.n >= LOOK ? TLS_YES : TLS_MAYBE;
	if (could_be_sslv2(in))
		return in.n >= LOOK_SSLV2 ? TLS_YES : TLS_MAYBE;
	return TLS_NOT;
}

enum tls_looks
tls_looks_like_server(struct span in)
{
	if (could_be_message(in, TLS_SERVER_HELLO) || could_be_alert(in))
		return in.n >= LOOK ? TLS_YES : TLS_MAYBE;
	return TLS_NOT;
}
