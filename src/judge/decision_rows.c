/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision_rows.h"

#include <string.h>

static bool
marked(const struct observation *o, enum mark_kind kind)
{
	return observation_has(o, kind);
}

static bool
upgraded(const struct observation *o)
{
	return o->established == FACT_TRUE;
}

static bool
was_offered(const struct observation *o)
{
	return o->offered == FACT_TRUE;
}

/* HTTP: declining an optional upgrade is everyday. */
static bool
is_optional(const struct observation *o)
{
	return (o->traits & TRAIT_OPTIONAL) != 0;
}

static enum alert_when
always(const struct observation *o)
{
	(void)o;
	return ALWAYS;
}

static enum alert_when
never(const struct observation *o)
{
	(void)o;
	return NEVER;
}

static enum alert_when
with_server(const struct observation *o)
{
	(void)o;
	return WITH_SERVER;
}

static enum alert_when
with_client(const struct observation *o)
{
	(void)o;
	return WITH_CLIENT;
}

static bool
conflict(const struct observation *o)
{
	return marked(o, MARK_CONFLICT);
}

static bool
injected_command(const struct observation *o)
{
	return marked(o, MARK_INJECTED_COMMAND) &&
	    (!is_optional(o) || o->answer == ANSWER_GRANTED);
}

static bool
injected_response(const struct observation *o)
{
	return marked(o, MARK_INJECTED_RESPONSE);
}

static bool
clear_after_accept(const struct observation *o)
{
	return marked(o, MARK_CLEAR_AFTER_ACCEPT);
}

static bool
ftp_ccc(const struct observation *o)
{
	return marked(o, MARK_CLEAR_AFTER_TLS) && strcmp(o->dialect, "ftp") == 0;
}

static bool
layer_removed(const struct observation *o)
{
	return marked(o, MARK_CLEAR_AFTER_TLS) && strcmp(o->dialect, "ftp") != 0;
}

/* Taking TLS off again is lawful in LDAP, until credentials follow. */
static enum alert_when
when_layer_removed(const struct observation *o)
{
	bool lawful = (o->traits & TRAIT_TLS_MAY_END) != 0;

	return lawful && o->credentials != FACT_TRUE ? WITH_SERVER : ALWAYS;
}

static bool
accept_no_tls(const struct observation *o)
{
	return o->answer == ANSWER_GRANTED && !marked(o, MARK_CLIENT_HELLO) &&
	    !upgraded(o) && !marked(o, MARK_CLEAR_AFTER_ACCEPT);
}

static bool
handshake_failed(const struct observation *o)
{
	return observation_handshake_failed(o) && o->requested == FACT_TRUE;
}

static bool
failed_then_exposed(const struct observation *o)
{
	return handshake_failed(o) && observation_exposed(o, UPGRADE_FAILED);
}

/* No ServerHello: what came instead tells, or else a tap that saw everything. */
static bool
stalled(const struct observation *o)
{
	bool told = marked(o, MARK_TLS_ALERT) || marked(o, MARK_TLS_GARBAGE) ||
	    marked(o, MARK_TLS_RESET);

	return handshake_failed(o) && !observation_exposed(o, UPGRADE_FAILED) &&
	    (told || observation_seen_whole(o));
}

static bool
preauth(const struct observation *o)
{
	return marked(o, MARK_PREAUTH);
}

static bool
premature(const struct observation *o)
{
	return marked(o, MARK_PREMATURE);
}

static bool
redirect(const struct observation *o)
{
	return marked(o, MARK_REDIRECT) && !upgraded(o);
}

static enum alert_when
when_redirect(const struct observation *o)
{
	return was_offered(o) || o->requested == FACT_TRUE ? ALWAYS : WITH_SERVER;
}

static bool
masked(const struct observation *o)
{
	return marked(o, MARK_TOKEN_MASKED) && !was_offered(o);
}

static bool
corrupted(const struct observation *o)
{
	return marked(o, MARK_TOKEN_CORRUPTED) && !was_offered(o);
}

static bool
command_corrupted(const struct observation *o)
{
	return marked(o, MARK_COMMAND_CORRUPTED);
}

static bool
required_violated(const struct observation *o)
{
	return marked(o, MARK_DEMAND_VIOLATED);
}

static bool
withdrawn(const struct observation *o)
{
	return marked(o, MARK_OFFER_WITHDRAWN);
}

static bool
invalid_reply(const struct observation *o)
{
	return marked(o, MARK_REPLY_INVALID) && !is_optional(o) && !upgraded(o);
}

/* A refusal that is innocent by itself is not when the client then goes on in clear. */
static bool
refused_and_paid(const struct observation *o, enum answer answer)
{
	return o->answer == answer && observation_exposed(o, UPGRADE_REFUSED);
}

static bool
refused_perm(const struct observation *o)
{
	bool argument = marked(o, MARK_REQUEST_ARGUMENT) && refused_and_paid(o, ANSWER_LAWFUL);

	return (o->answer == ANSWER_PERMANENT || argument) && !is_optional(o) && !upgraded(o);
}

static bool
refused_temp(const struct observation *o)
{
	bool closing = refused_and_paid(o, ANSWER_CLOSING);

	return (o->answer == ANSWER_TEMPORARY || closing) && !is_optional(o) && !upgraded(o);
}

/*
 * Offer and refusal contradict each other and the client paid for it; else
 * history must tell. Earlier offers tell nothing where this session has one
 * itself: a server without a certificate offers, and refuses, for ever.
 */
static enum alert_when
when_refused(const struct observation *o)
{
	if (was_offered(o) && observation_exposed(o, UPGRADE_REFUSED))
		return ALWAYS;
	return was_offered(o) ? WITH_SUCCESS : WITH_SERVER;
}

/* No answer, and nothing was lost in which it could have been. */
static bool
swallowed(const struct observation *o)
{
	bool unanswered = o->answer == ANSWER_NOT_COMING ||
	    (o->final && o->answer == ANSWER_NONE && o->requested == FACT_TRUE);

	return unanswered && o->accepted == FACT_UNKNOWN && !is_optional(o) && !upgraded(o) &&
	    !marked(o, MARK_CLIENT_HELLO) && observation_seen_whole(o);
}

static enum alert_when
when_swallowed(const struct observation *o)
{
	if (was_offered(o) && observation_exposed(o, UPGRADE_ASKED))
		return ALWAYS;
	return was_offered(o) ? WITH_SUCCESS : WITH_SERVER;
}

/* A password in clear that no request came before; not where that is everyday. */
static bool
auth_despite_offer(const struct observation *o)
{
	return (o->exposed[UPGRADE_OFFERED] & EXPOSED_CREDENTIALS) != 0 && !is_optional(o);
}

static enum alert_when
when_auth_despite_offer(const struct observation *o)
{
	return (o->traits & TRAIT_AUTH_WEAK) != 0 ? WITH_SERVER : ALWAYS;
}

/* A password in clear before anything was asked for, whatever was asked later. */
static bool
auth_without_listing(const struct observation *o)
{
	return o->offered == FACT_UNKNOWN && o->requested != FACT_UNKNOWN &&
	    (o->exposed[UPGRADE_UNOFFERED] & EXPOSED_CREDENTIALS) != 0 && !is_optional(o);
}

/* Content in clear where TLS was to be had; not where it is for everybody anyway. */
static bool
payload_despite_offer(const struct observation *o)
{
	return was_offered(o) && o->requested == FACT_FALSE && !is_optional(o) &&
	    (o->traits & TRAIT_PUBLIC) == 0 &&
	    o->exposed[UPGRADE_OFFERED] == EXPOSED_PAYLOAD;
}

static bool
listing_refused(const struct observation *o)
{
	bool helo_only = marked(o, MARK_HELO_ONLY) && o->payload == FACT_TRUE;

	return o->offered == FACT_UNKNOWN && !upgraded(o) && !is_optional(o) &&
	    (marked(o, MARK_LISTING_REFUSED) || helo_only);
}

/* HELO alone is a habit of the client; a refused EHLO is the server's. */
static enum alert_when
when_listing_refused(const struct observation *o)
{
	return marked(o, MARK_LISTING_REFUSED) ? WITH_LISTING : WITH_CLIENT;
}

static bool
contradiction(const struct observation *o)
{
	bool denied_yet_done = upgraded(o) && o->offered == FACT_FALSE &&
	    o->accepted == FACT_TRUE && !o->listing_in_greeting_only && !is_optional(o) &&
	    !marked(o, MARK_TOKEN_MASKED) && !marked(o, MARK_TOKEN_CORRUPTED);

	return marked(o, MARK_CONTRADICTION) || denied_yet_done;
}

/*
 * Of a connection that was picked up under way nobody can say that nothing was
 * offered; and where the session itself proves more, its history adds nothing.
 */
static bool
stripped(const struct observation *o)
{
	return o->offered == FACT_FALSE && !upgraded(o) && !is_optional(o) &&
	    !o->listing_in_greeting_only && o->flow.handshake && !masked(o) &&
	    !corrupted(o) && !contradiction(o);
}

static bool
structure(const struct observation *o)
{
	return marked(o, MARK_LISTING_DAMAGED);
}

static bool
alpaca(const struct observation *o)
{
	return upgraded(o) && !is_optional(o) &&
	    (strcmp(o->tls.alpn, "h2") == 0 || strncmp(o->tls.alpn, "http/", 5) == 0);
}

static bool
version_downgrade(const struct observation *o)
{
	return upgraded(o) && o->tls.downgrade_sentinel;
}

/* Nothing is encrypted, or by a key that was weak thirty years ago; others only against history. */
static bool
weak_cipher(const struct observation *o)
{
	return upgraded(o) && o->tls.strength != TLS_STRENGTH_OK &&
	    o->tls.strength != TLS_STRENGTH_UNKNOWN;
}

static enum alert_when
when_weak_cipher(const struct observation *o)
{
	return o->tls.strength == TLS_STRENGTH_NULL || o->tls.strength == TLS_STRENGTH_EXPORT ?
	    ALWAYS : NEVER;
}

/* Something crossed in clear on this connection, wherever its own upgrade stood. */
static bool
is_exposed(const struct observation *o)
{
	for (int u = 0; u < UPGRADES; u++) {
		if (o->exposed[u] != 0)
			return true;
	}
	return false;
}

static bool
came_back_in_clear(const struct observation *o, enum setback setback)
{
	return (setback == SETBACK_HANDSHAKE || setback == SETBACK_ALERT) && is_exposed(o);
}

static bool
came_back_after_no(const struct observation *o, enum setback setback)
{
	return setback == SETBACK_PERMANENT && is_exposed(o);
}

static bool
came_back_after_later(const struct observation *o, enum setback setback)
{
	return setback == SETBACK_TEMPORARY && is_exposed(o);
}

const struct decision_row decision_rows[] = {
	{ TECHNIQUE_MOTS_CONFLICT, true, conflict, NULL, always },
	{ TECHNIQUE_INJECTED_COMMAND, true, injected_command, NULL, always },
	{ TECHNIQUE_INJECTED_RESPONSE, true, injected_response, NULL, always },
	{ TECHNIQUE_PLAINTEXT_AFTER_ACCEPT, true, clear_after_accept, NULL, always },
	{ TECHNIQUE_FTP_CCC, true, ftp_ccc, NULL, with_server },
	{ TECHNIQUE_TLS_LAYER_REMOVED, true, layer_removed, NULL, when_layer_removed },
	{ TECHNIQUE_ACCEPT_NO_TLS, false, accept_no_tls, NULL, never },
	{ TECHNIQUE_HANDSHAKE_FAILED_FALLBACK, true, failed_then_exposed, came_back_in_clear,
	    always },
	{ TECHNIQUE_HANDSHAKE_STALLED, false, stalled, NULL, with_client },
	{ TECHNIQUE_PREAUTH_GREETING, true, preauth, NULL, always },
	{ TECHNIQUE_PREMATURE_UNTAGGED, true, premature, NULL, always },
	{ TECHNIQUE_CLEARTEXT_REDIRECT, false, redirect, NULL, when_redirect },
	{ TECHNIQUE_CAP_MASKED, true, masked, NULL, always },
	{ TECHNIQUE_CAP_CORRUPTED, true, corrupted, NULL, always },
	{ TECHNIQUE_CMD_CORRUPTED, true, command_corrupted, NULL, always },
	{ TECHNIQUE_REQUIRED_VIOLATED, true, required_violated, NULL, always },
	{ TECHNIQUE_CAP_WITHDRAWN, true, withdrawn, NULL, always },
	{ TECHNIQUE_REQUEST_INVALID_REPLY, true, invalid_reply, NULL, always },
	{ TECHNIQUE_REQUEST_REFUSED_PERM, true, refused_perm, came_back_after_no, when_refused },
	{ TECHNIQUE_REQUEST_REFUSED_TEMP, true, refused_temp, came_back_after_later,
	    when_refused },
	{ TECHNIQUE_REQUEST_SWALLOWED, true, swallowed, NULL, when_swallowed },
	{ TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER, true, auth_despite_offer, NULL,
	    when_auth_despite_offer },
	/* followed by a password it is still the refused listing that explains it */
	{ TECHNIQUE_CAP_CMD_REFUSED, false, listing_refused, NULL, when_listing_refused },
	{ TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER, false, auth_without_listing, NULL, with_client },
	{ TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER, false, payload_despite_offer, NULL,
	    with_client },
	{ TECHNIQUE_CAP_CONTRADICTION, false, contradiction, NULL, always },
	{ TECHNIQUE_CAP_STRIPPED, false, stripped, NULL, with_server },
	{ TECHNIQUE_REPLY_STRUCTURE_ANOMALY, false, structure, NULL, never },
	{ TECHNIQUE_ALPACA, false, alpaca, NULL, always },
	{ TECHNIQUE_TLS_VERSION_DOWNGRADE, false, version_downgrade, NULL, always },
	{ TECHNIQUE_TLS_WEAK_CIPHER, false, weak_cipher, NULL, when_weak_cipher },
};

const size_t decision_row_count = sizeof(decision_rows) / sizeof(decision_rows[0]);
