/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"
#include "base/text.h"
#include "tls/fingerprint.h"
#include "tls/message.h"
#include "tls/offer.h"
#include "tls/tls.h"

uint16_t
tls_legacy_version(uint16_t version)
{
	return version >> 8 == 3 && version > 0x0303 ? 0x0303 : version;
}

uint64_t
tls_random_hash(struct span random)
{
	/* fixed, so that equal randoms are equal in two processes and two runs */
	static const struct hash_key key = {
		{ UINT64_C(0x636c69656e742072), UINT64_C(0x616e646f6d206865) },
	};

	return hash_bytes(&key, random.p, random.n);
}

/* GREASE and whatever else is no version ranks lowest. */
static uint16_t
highest_version(const struct tls_offer *offer)
{
	struct span list = offer->versions;
	uint16_t highest = 0, version;

	while (span_be16(&list, &version)) {
		if (tls_version_rank(version) > tls_version_rank(highest))
			highest = version;
	}
	return highest != 0 ? highest : tls_legacy_version(offer->version);
}

static bool
offers_cipher(const struct tls_offer *offer, uint16_t wanted)
{
	struct span list = offer->ciphers;
	uint16_t cipher;

	while (span_be16(&list, &cipher)) {
		if (cipher == wanted)
			return true;
	}
	return false;
}

static void
fill(struct tls_facts *facts, const struct tls_offer *offer)
{
	facts->client_version = highest_version(offer);
	facts->fallback_scsv = offers_cipher(offer, TLS_FALLBACK_SCSV);
	facts->sslv2_hello = false;
	text_escape(facts->sni, sizeof(facts->sni), offer->host);
	text_escape(facts->alpn, sizeof(facts->alpn), offer->alpn);
	facts->client_random_hash = tls_random_hash(offer->random);
}

/* The hello in these records: bytes used, 0 for more, -1 when it is none that can be read. */
static long
take_apart(struct span in, struct tls_join *join, struct tls_offer *offer_r)
{
	struct span body;
	long used;

	tls_join_start(join, in);
	used = tls_join_first(join, TLS_CLIENT_HELLO, &body);
	if (used <= 0)
		return used;
	return tls_offer_read(body, offer_r) ? used : -1;
}

long
tls_client_hello(struct span in, struct tls_facts *facts)
{
	enum tls_looks looks = tls_looks_like_client(in);
	struct tls_join join;
	struct tls_offer offer;
	long used;

	if (looks != TLS_YES)
		return looks == TLS_MAYBE ? 0 : -1;
	if (span_at(in, 0) != TLS_HANDSHAKE)
		return tls_sslv2_hello(in, facts);
	used = take_apart(in, &join, &offer);
	if (used > 0)
		fill(facts, &offer);
	return used;
}

void
tls_client_fingerprint(struct span in, struct tls_facts *facts)
{
	struct tls_join join;
	struct tls_offer offer;

	if (take_apart(in, &join, &offer) <= 0)
		return;
	tls_ja3(&offer, facts->ja3);
	tls_ja4(&offer, facts->ja4);
}
