/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/fingerprint.h"
#include "tls/message.h"
#include "tls/tls.h"

struct choice {
	uint16_t legacy_version;
	uint16_t version;
	uint16_t cipher;
	struct span random;
	struct span extensions;
};

static bool
read_choice(struct span body, struct choice *choice)
{
	struct span block, value;
	uint8_t session_id;
	uint16_t type;

	if (!span_be16(&body, &choice->legacy_version) ||
	    !span_take(&body, TLS_RANDOM_SIZE, &choice->random) ||
	    !span_u8(&body, &session_id) || session_id > TLS_SESSION_ID_MAX ||
	    !span_skip(&body, session_id) || !span_be16(&body, &choice->cipher))
		return false;
	choice->version = choice->legacy_version;
	choice->extensions = (struct span){ 0 };
	if (span_skip(&body, 1))
		choice->extensions = tls_list16(body);
	block = choice->extensions;
	while (tls_extension_next(&block, &type, &value)) {
		if (type == TLS_SUPPORTED_VERSIONS)
			span_be16(&value, &choice->version);
	}
	return true;
}

/*
 * A server that could do more signs its random (RFC 8446 §4.1.3). It does so
 * for every old client, too; only one that had offered more was pushed down.
 * A client without TLS 1.3 knows but the second of the two signs.
 */
static bool
is_pushed_down(const struct choice *choice, uint16_t offered)
{
	static const char from_1_3[] = "DOWNGRD\x01", from_1_2[] = "DOWNGRD";
	struct span sign = span_tail(choice->random, TLS_RANDOM_SIZE - 8);
	int rank = tls_version_rank(choice->version);

	if (rank == 0 || rank >= tls_version_rank(offered))
		return false;
	return span_equals(sign, span_of(from_1_2, 8)) ||
	    (span_equals(sign, span_of(from_1_3, 8)) &&
	    tls_version_rank(offered) > tls_version_rank(0x0303));
}

long
tls_server_hello(struct span in, struct tls_facts *facts)
{
	enum tls_looks looks = tls_looks_like_server(in);
	struct tls_join join;
	struct choice choice;
	struct span body;
	long used;

	if (looks != TLS_YES)
		return looks == TLS_MAYBE ? 0 : -1;
	tls_join_start(&join, in);
	used = tls_join_first(&join, TLS_SERVER_HELLO, &body);
	if (used <= 0)
		return used;
	if (!read_choice(body, &choice))
		return -1;
	facts->version = choice.version;
	facts->cipher = choice.cipher;
	facts->downgrade_sentinel = is_pushed_down(&choice, facts->client_version);
	tls_ja3s(choice.legacy_version, choice.cipher, choice.extensions, facts->ja3s);
	return used;
}
