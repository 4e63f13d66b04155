/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/applicable.h"

#include <string.h>

#include "words/observation.h"

/* What a dialect must be like for it, and must not; all others say themselves (dialect.tells). */
static const struct {
	enum technique technique;
	bool needs_offer;
	unsigned needs, excludes;	/* enum dialect_trait */
} general[] = {
	{ TECHNIQUE_MOTS_CONFLICT, false, 0, 0 },
	{ TECHNIQUE_MOTS_TTL, false, 0, 0 },
	{ TECHNIQUE_RST_INJECTED, false, 0, 0 },
	{ TECHNIQUE_INJECTED_COMMAND, false, 0, 0 },
	{ TECHNIQUE_INJECTED_RESPONSE, false, 0, 0 },
	{ TECHNIQUE_PLAINTEXT_AFTER_ACCEPT, false, 0, 0 },
	{ TECHNIQUE_ACCEPT_NO_TLS, false, 0, 0 },
	{ TECHNIQUE_HANDSHAKE_FAILED_FALLBACK, false, 0, 0 },
	{ TECHNIQUE_HANDSHAKE_STALLED, false, 0, 0 },
	{ TECHNIQUE_REQUEST_INVALID_REPLY, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_REQUEST_REFUSED_PERM, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_REQUEST_REFUSED_TEMP, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_REQUEST_SWALLOWED, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER, true, 0, TRAIT_OPTIONAL | TRAIT_PUBLIC },
	{ TECHNIQUE_CAP_STRIPPED, true, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_CAP_CONTRADICTION, true, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_CAP_WITHDRAWN, true, TRAIT_OFFER_STANDS, 0 },
	{ TECHNIQUE_CAP_OFFERED_AFTER_AUTH, true, TRAIT_OFFER_ENDS, 0 },
	{ TECHNIQUE_FTP_DATA_CLEAR, false, TRAIT_DATA_APART, 0 },
	{ TECHNIQUE_TLS_VERSION_DOWNGRADE, false, 0, 0 },
	{ TECHNIQUE_TLS_WEAK_CIPHER, false, 0, 0 },
	{ TECHNIQUE_ALPACA, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_HALF_STRIP, false, 0, 0 },
	{ TECHNIQUE_REQUEST_DROPPED, false, 0, 0 },
	{ TECHNIQUE_TWO_TAP_MISMATCH, false, 0, 0 },
	{ TECHNIQUE_PORT_DOWNGRADE, false, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_OPOSSUM, false, 0, 0 },
	{ TECHNIQUE_POLICY_TOKEN_STRIPPED, true, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_SASL_DOWNGRADE, true, 0, TRAIT_OPTIONAL },
	{ TECHNIQUE_CERT_CHANGED, false, 0, 0 },
	{ TECHNIQUE_SERVER_FINGERPRINT_CHANGED, false, 0, 0 },
};

static bool
lists(const char *list, const char *id)
{
	size_t n = strlen(id);

	while (list != NULL && n > 0) {
		if (strncmp(list, id, n) == 0 && (list[n] == ' ' || list[n] == '\0'))
			return true;
		list = strchr(list, ' ');
		list = list != NULL ? list + 1 : NULL;
	}
	return false;
}

static bool
tells(const struct dialect *d, enum technique technique)
{
	return lists(d->tells, technique_info(technique)->id);
}

bool
technique_applies(enum technique technique, const struct dialect *d)
{
	/* FTP has a name of its own for it */
	if (technique == TECHNIQUE_TLS_LAYER_REMOVED)
		return !tells(d, TECHNIQUE_FTP_CCC);
	for (size_t i = 0; i < sizeof(general) / sizeof(general[0]); i++) {
		if (general[i].technique != technique)
			continue;
		return (d->offer != NULL || !general[i].needs_offer) &&
		    (d->traits & general[i].needs) == general[i].needs &&
		    (d->traits & general[i].excludes) == 0;
	}
	return tells(d, technique);
}
