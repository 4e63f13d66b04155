/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_TECHNIQUE_H
#define WORDS_TECHNIQUE_H

#include <stdbool.h>

/* The catalogue: every way in which an upgrade is stripped, downgraded or abused. */
enum technique {
	TECHNIQUE_NONE,
	TECHNIQUE_MOTS_CONFLICT,
	TECHNIQUE_MOTS_TTL,
	TECHNIQUE_RST_INJECTED,
	TECHNIQUE_INJECTED_COMMAND,
	TECHNIQUE_INJECTED_RESPONSE,
	TECHNIQUE_PLAINTEXT_AFTER_ACCEPT,
	TECHNIQUE_FTP_CCC,
	TECHNIQUE_TLS_LAYER_REMOVED,
	TECHNIQUE_ACCEPT_NO_TLS,
	TECHNIQUE_HANDSHAKE_FAILED_FALLBACK,
	TECHNIQUE_HANDSHAKE_STALLED,
	TECHNIQUE_PREAUTH_GREETING,
	TECHNIQUE_PREMATURE_UNTAGGED,
	TECHNIQUE_CLEARTEXT_REDIRECT,
	TECHNIQUE_CAP_MASKED,
	TECHNIQUE_CAP_CORRUPTED,
	TECHNIQUE_CMD_CORRUPTED,
	TECHNIQUE_REQUIRED_VIOLATED,
	TECHNIQUE_CAP_WITHDRAWN,
	TECHNIQUE_REQUEST_INVALID_REPLY,
	TECHNIQUE_REQUEST_REFUSED_PERM,
	TECHNIQUE_REQUEST_REFUSED_TEMP,
	TECHNIQUE_REQUEST_SWALLOWED,
	TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER,
	TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER,
	TECHNIQUE_CAP_CMD_REFUSED,
	TECHNIQUE_CAP_STRIPPED,
	TECHNIQUE_CAP_CONTRADICTION,
	TECHNIQUE_REPLY_STRUCTURE_ANOMALY,
	TECHNIQUE_CAP_OFFERED_AFTER_AUTH,
	TECHNIQUE_POLICY_TOKEN_STRIPPED,
	TECHNIQUE_SASL_DOWNGRADE,
	TECHNIQUE_REQUEST_DROPPED,
	TECHNIQUE_FTP_DATA_CLEAR,
	TECHNIQUE_HALF_STRIP,
	TECHNIQUE_TWO_TAP_MISMATCH,
	TECHNIQUE_TLS_VERSION_DOWNGRADE,
	TECHNIQUE_TLS_WEAK_CIPHER,
	TECHNIQUE_CERT_CHANGED,
	TECHNIQUE_SERVER_FINGERPRINT_CHANGED,
	TECHNIQUE_STACK_MISMATCH,
	TECHNIQUE_CLIENTHELLO_CHANGED,
	TECHNIQUE_OPOSSUM,
	TECHNIQUE_ALPACA,
	TECHNIQUE_PORT_DOWNGRADE,
	TECHNIQUES
};

enum category {
	CATEGORY_DOWNGRADE,
	CATEGORY_INJECTION,
	CATEGORY_EXPOSURE,
	CATEGORY_TLS,
	CATEGORY_POLICY,
	CATEGORIES
};

/* What a conclusion rests on. */
enum proof {
	PROOF_NONE,
	PROOF_SESSION,		/* this session alone */
	PROOF_HISTORY,		/* what the server used to do */
	PROOF_CORRELATION,	/* another connection */
	PROOF_TAPS,		/* another tap */
	PROOF_HEADERS,		/* IP and TCP headers */
	PROOFS
};

/* A row of the catalogue: what a technique is, before anything is known of a session. */
struct technique_info {
	const char *id;			/* "cap-stripped" */
	enum category category;
	unsigned char confidence;	/* starting value, 0-100 */
	enum proof proof;		/* the strongest that it usually rests on */
};

const struct technique_info *technique_info(enum technique technique);

/* TECHNIQUE_NONE when no technique has that id. */
enum technique technique_by_id(const char *id);

const char *category_name(enum category category);

/* False when no category has that name. */
bool category_by_name(const char *name, enum category *category_r);

const char *proof_name(enum proof proof);

#endif
