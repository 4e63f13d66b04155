/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/technique.h"

#include <string.h>

/* Confidence: how sure the bare technique makes us that an active party changed the session. */
static const struct technique_info catalogue[TECHNIQUES] = {
	[TECHNIQUE_NONE] = { "", CATEGORY_DOWNGRADE, 0, PROOF_NONE },
	[TECHNIQUE_MOTS_CONFLICT] = { "mots-conflict", CATEGORY_INJECTION, 90, PROOF_SESSION },
	[TECHNIQUE_MOTS_TTL] = { "mots-ttl", CATEGORY_DOWNGRADE, 50, PROOF_HEADERS },
	[TECHNIQUE_RST_INJECTED] = { "rst-injected", CATEGORY_DOWNGRADE, 75, PROOF_HEADERS },
	[TECHNIQUE_INJECTED_COMMAND] = { "injected-command", CATEGORY_INJECTION, 90,
	    PROOF_SESSION },
	[TECHNIQUE_INJECTED_RESPONSE] = { "injected-response", CATEGORY_INJECTION, 85,
	    PROOF_SESSION },
	[TECHNIQUE_PLAINTEXT_AFTER_ACCEPT] = { "plaintext-after-accept", CATEGORY_DOWNGRADE, 80,
	    PROOF_SESSION },
	[TECHNIQUE_FTP_CCC] = { "ftp-ccc", CATEGORY_DOWNGRADE, 10, PROOF_SESSION },
	[TECHNIQUE_TLS_LAYER_REMOVED] = { "tls-layer-removed", CATEGORY_DOWNGRADE, 40,
	    PROOF_SESSION },
	[TECHNIQUE_ACCEPT_NO_TLS] = { "accept-no-tls", CATEGORY_DOWNGRADE, 20, PROOF_SESSION },
	[TECHNIQUE_HANDSHAKE_FAILED_FALLBACK] = { "handshake-failed-fallback",
	    CATEGORY_DOWNGRADE, 70, PROOF_CORRELATION },
	[TECHNIQUE_HANDSHAKE_STALLED] = { "handshake-stalled", CATEGORY_DOWNGRADE, 30,
	    PROOF_HISTORY },
	[TECHNIQUE_PREAUTH_GREETING] = { "preauth-greeting", CATEGORY_DOWNGRADE, 80,
	    PROOF_SESSION },
	[TECHNIQUE_PREMATURE_UNTAGGED] = { "premature-untagged", CATEGORY_INJECTION, 50,
	    PROOF_SESSION },
	[TECHNIQUE_CLEARTEXT_REDIRECT] = { "cleartext-redirect", CATEGORY_DOWNGRADE, 60,
	    PROOF_SESSION },
	[TECHNIQUE_CAP_MASKED] = { "cap-masked", CATEGORY_DOWNGRADE, 20, PROOF_SESSION },
	[TECHNIQUE_CAP_CORRUPTED] = { "cap-corrupted", CATEGORY_DOWNGRADE, 80, PROOF_SESSION },
	[TECHNIQUE_CMD_CORRUPTED] = { "cmd-corrupted", CATEGORY_DOWNGRADE, 90, PROOF_SESSION },
	[TECHNIQUE_REQUIRED_VIOLATED] = { "required-violated", CATEGORY_DOWNGRADE, 85,
	    PROOF_SESSION },
	[TECHNIQUE_CAP_WITHDRAWN] = { "cap-withdrawn", CATEGORY_DOWNGRADE, 70, PROOF_SESSION },
	[TECHNIQUE_REQUEST_INVALID_REPLY] = { "request-invalid-reply", CATEGORY_DOWNGRADE, 80,
	    PROOF_SESSION },
	[TECHNIQUE_REQUEST_REFUSED_PERM] = { "request-refused-perm", CATEGORY_DOWNGRADE, 65,
	    PROOF_SESSION },
	[TECHNIQUE_REQUEST_REFUSED_TEMP] = { "request-refused-temp", CATEGORY_DOWNGRADE, 50,
	    PROOF_SESSION },
	[TECHNIQUE_REQUEST_SWALLOWED] = { "request-swallowed", CATEGORY_DOWNGRADE, 55,
	    PROOF_SESSION },
	[TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER] = { "cleartext-auth-despite-offer",
	    CATEGORY_EXPOSURE, 20, PROOF_SESSION },
	[TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER] = { "cleartext-payload-despite-offer",
	    CATEGORY_EXPOSURE, 15, PROOF_HISTORY },
	[TECHNIQUE_CAP_CMD_REFUSED] = { "cap-cmd-refused", CATEGORY_DOWNGRADE, 50,
	    PROOF_HISTORY },
	[TECHNIQUE_CAP_STRIPPED] = { "cap-stripped", CATEGORY_DOWNGRADE, 60, PROOF_HISTORY },
	[TECHNIQUE_CAP_CONTRADICTION] = { "cap-contradiction", CATEGORY_DOWNGRADE, 75,
	    PROOF_SESSION },
	[TECHNIQUE_REPLY_STRUCTURE_ANOMALY] = { "reply-structure-anomaly", CATEGORY_DOWNGRADE,
	    20, PROOF_SESSION },
	[TECHNIQUE_CAP_OFFERED_AFTER_AUTH] = { "cap-offered-after-auth", CATEGORY_DOWNGRADE, 10,
	    PROOF_SESSION },
	[TECHNIQUE_POLICY_TOKEN_STRIPPED] = { "policy-token-stripped", CATEGORY_DOWNGRADE, 50,
	    PROOF_HISTORY },
	[TECHNIQUE_SASL_DOWNGRADE] = { "sasl-downgrade", CATEGORY_DOWNGRADE, 50, PROOF_HISTORY },
	[TECHNIQUE_REQUEST_DROPPED] = { "request-dropped", CATEGORY_DOWNGRADE, 95, PROOF_TAPS },
	[TECHNIQUE_FTP_DATA_CLEAR] = { "ftp-data-clear", CATEGORY_EXPOSURE, 30,
	    PROOF_CORRELATION },
	[TECHNIQUE_HALF_STRIP] = { "half-strip", CATEGORY_DOWNGRADE, 90, PROOF_TAPS },
	[TECHNIQUE_TWO_TAP_MISMATCH] = { "two-tap-mismatch", CATEGORY_DOWNGRADE, 95,
	    PROOF_TAPS },
	[TECHNIQUE_TLS_VERSION_DOWNGRADE] = { "tls-version-downgrade", CATEGORY_TLS, 85,
	    PROOF_SESSION },
	[TECHNIQUE_TLS_WEAK_CIPHER] = { "tls-weak-cipher", CATEGORY_TLS, 40, PROOF_SESSION },
	[TECHNIQUE_CERT_CHANGED] = { "cert-changed", CATEGORY_TLS, 40, PROOF_HISTORY },
	[TECHNIQUE_SERVER_FINGERPRINT_CHANGED] = { "server-fingerprint-changed", CATEGORY_TLS,
	    40, PROOF_HISTORY },
	[TECHNIQUE_STACK_MISMATCH] = { "stack-mismatch", CATEGORY_TLS, 40, PROOF_SESSION },
	[TECHNIQUE_CLIENTHELLO_CHANGED] = { "clienthello-changed", CATEGORY_TLS, 70,
	    PROOF_HISTORY },
	[TECHNIQUE_OPOSSUM] = { "opossum", CATEGORY_INJECTION, 95, PROOF_CORRELATION },
	[TECHNIQUE_ALPACA] = { "alpaca", CATEGORY_TLS, 70, PROOF_SESSION },
	[TECHNIQUE_PORT_DOWNGRADE] = { "port-downgrade", CATEGORY_DOWNGRADE, 40,
	    PROOF_CORRELATION },
};

static const char *const category_names[CATEGORIES] = {
	[CATEGORY_DOWNGRADE] = "downgrade",
	[CATEGORY_INJECTION] = "injection",
	[CATEGORY_EXPOSURE] = "exposure",
	[CATEGORY_TLS] = "tls",
	[CATEGORY_POLICY] = "policy",
};

static const char *const proof_names[PROOFS] = {
	[PROOF_NONE] = "",
	[PROOF_SESSION] = "session",
	[PROOF_HISTORY] = "history",
	[PROOF_CORRELATION] = "correlation",
	[PROOF_TAPS] = "taps",
	[PROOF_HEADERS] = "headers",
};

const struct technique_info *
technique_info(enum technique technique)
{
	return &catalogue[technique < TECHNIQUES ? technique : TECHNIQUE_NONE];
}

enum technique
technique_by_id(const char *id)
{
	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++) {
		if (strcmp(catalogue[t].id, id) == 0)
			return (enum technique)t;
	}
	return TECHNIQUE_NONE;
}

const char *
category_name(enum category category)
{
	return category < CATEGORIES ? category_names[category] : "";
}

bool
category_by_name(const char *name, enum category *category_r)
{
	for (int c = 0; c < CATEGORIES; c++) {
		if (strcmp(category_names[c], name) == 0) {
			*category_r = (enum category)c;
			return true;
		}
	}
	return false;
}

const char *
proof_name(enum proof proof)
{
	return proof < PROOFS ? proof_names[proof] : "";
}
