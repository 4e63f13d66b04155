/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision_rows.h"

#include <string.h>

#include "judge/decision_words.h"

/* The first rows: what only somebody in the path does, or a handshake that broke. */

static bool
conflict(const struct observation *o)
{
	return marked(o, MARK_CONFLICT);
}

/* Where requests may be ignored, only an answer shows that anything crossed it. */
static bool
injected_command(const struct observation *o)
{
	bool crossed = (o->traits & TRAIT_MAY_IGNORE) == 0 ||
	    (o->accepted != FACT_UNKNOWN && o->answer != ANSWER_CLOSING);

	return marked(o, MARK_INJECTED_COMMAND) && crossed;
}

/*
 * Of one side alone nobody can say what was a command and what was content, nor
 * what was answered: a guess is worth a note.
 */
static enum alert_when
when_injected_command(const struct observation *o)
{
	return flow_both_sides(&o->flow) ? ALWAYS : NEVER;
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
	    !upgraded(o) && !marked(o, MARK_CLEAR_AFTER_ACCEPT) && observation_nothing_came(o);
}

static bool
handshake_failed(const struct observation *o)
{
	return observation_handshake_failed(o) && o->requested == FACT_TRUE;
}

/* Who goes on in clear on the same connection has not left because of a certificate. */
static bool
failed_then_exposed(const struct observation *o)
{
	bool behind_hello = marked(o, MARK_SERVER_HELLO) && o->established == FACT_FALSE &&
	    o->requested == FACT_TRUE;

	return (handshake_failed(o) || behind_hello) && observation_exposed(o, UPGRADE_FAILED);
}

static bool
stalled(const struct observation *o)
{
	return handshake_failed(o) && !observation_exposed(o, UPGRADE_FAILED);
}

static enum joint
came_back_in_clear(const struct observation *o, const struct knowledge *k)
{
	enum setback setback = k->relation.setback;

	return alert_if((setback == SETBACK_HANDSHAKE || setback == SETBACK_ALERT) &&
	    observation_exposed_anywhere(o));
}

static enum joint
encrypted_at_one_tap(const struct observation *o, const struct knowledge *k)
{
	(void)o;
	return alert_if((k->twin.differences & TWIN_HALF_TLS) != 0);
}

static enum joint
asked_at_one_tap(const struct observation *o, const struct knowledge *k)
{
	(void)o;
	return alert_if((k->twin.differences & TWIN_DROPPED) != 0);
}

static enum joint
differs_between_taps(const struct observation *o, const struct knowledge *k)
{
	(void)o;
	return alert_if((k->twin.differences &
	    (TWIN_LISTING | TWIN_REQUEST | TWIN_REPLY | TWIN_HANDSHAKE)) != 0);
}

/* One handshake carried over two connections, of which one began in clear. */
static enum joint
same_hello(const struct observation *o, const struct knowledge *k)
{
	(void)o;
	return alert_if(k->relation.same_hello_flow_id != 0);
}

/* The port with TLS could not be reached, although this server serves it; now the clear one. */
static enum joint
port_blocked(const struct observation *o, const struct knowledge *k)
{
	return alert_if(k->relation.blocked_serves && observation_exposed_anywhere(o) &&
	    !upgraded(o) && !is_optional(o));
}

static const struct decision_row rows[] = {
	{ TECHNIQUE_HALF_STRIP, false, not_alone, encrypted_at_one_tap, always,
	    "TLS at one tap and clear text at the other" },
	{ TECHNIQUE_TWO_TAP_MISMATCH, false, not_alone, differs_between_taps, always,
	    "words about TLS that differ between two taps" },
	{ TECHNIQUE_REQUEST_DROPPED, false, not_alone, asked_at_one_tap, always,
	    "a request that left one tap and never came to the other" },
	{ TECHNIQUE_OPOSSUM, true, not_alone, same_hello, always,
	    "a ClientHello that another connection began with as well" },
	{ TECHNIQUE_MOTS_CONFLICT, true, conflict, NULL, always,
	    "two versions of the same bytes" },
	{ TECHNIQUE_INJECTED_COMMAND, true, injected_command, NULL, when_injected_command,
	    "clear bytes behind the request, in one flight with it" },
	{ TECHNIQUE_INJECTED_RESPONSE, true, injected_response, NULL, always,
	    "clear bytes behind the consent, in one flight with it" },
	{ TECHNIQUE_PLAINTEXT_AFTER_ACCEPT, true, clear_after_accept, NULL, always,
	    "a client that goes on in clear behind the consent" },
	{ TECHNIQUE_FTP_CCC, true, ftp_ccc, NULL, with_server,
	    "clear text behind TLS (FTP)" },
	{ TECHNIQUE_TLS_LAYER_REMOVED, true, layer_removed, NULL, when_layer_removed,
	    "clear text behind TLS" },
	{ TECHNIQUE_ACCEPT_NO_TLS, false, accept_no_tls, NULL, never,
	    "consent, and no ClientHello" },
	{ TECHNIQUE_HANDSHAKE_FAILED_FALLBACK, true, failed_then_exposed,
	    came_back_in_clear, always,
	    "a broken handshake, then something in clear, here or in the next connection" },
	{ TECHNIQUE_HANDSHAKE_STALLED, false, stalled, NULL, with_client,
	    "a broken handshake, and nothing in clear afterwards" },
	{ TECHNIQUE_PORT_DOWNGRADE, true, not_alone, port_blocked, always,
	    "a port with TLS that could not be reached, and something in clear on this one" },
};

const struct decision_section decision_tampering = { rows, sizeof(rows) / sizeof(rows[0]) };
