/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision_rows.h"

#include <string.h>

#include "judge/decision_words.h"

enum { TLS_1_2 = 0x0303 };

/* The last rows: what crossed in clear, what was not offered, and how good the TLS is. */

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

/* A password in clear before anything was asked for, whatever was offered or asked later. */
static bool
auth_without_listing(const struct observation *o)
{
	/* a greeting's short listing does not tell */
	bool denied = o->offered == FACT_FALSE && !o->listing_in_greeting_only;

	return !denied && (o->exposed_unasked & EXPOSED_CREDENTIALS) != 0 &&
	    (o->exposed[UPGRADE_UNOFFERED] & EXPOSED_CREDENTIALS) != 0 && !is_optional(o);
}

/* Clients of this kind look around before they ask for TLS. */
static bool
asks_late(const struct observation *o)
{
	return (o->traits & TRAIT_ASKS_LATE) != 0;
}

/*
 * Content in clear where TLS was to be had; not where it is for everybody anyway.
 * Of a client that looks around first, only the end shows that it did not ask.
 */
static bool
payload_despite_offer(const struct observation *o)
{
	bool unasked = o->requested == FACT_FALSE ||
	    (o->requested == FACT_UNKNOWN && !asks_late(o));

	return was_offered(o) && unasked && (o->exposed_unasked & EXPOSED_PAYLOAD) != 0 &&
	    !is_optional(o) && (o->traits & TRAIT_PUBLIC) == 0 &&
	    o->exposed[UPGRADE_OFFERED] == EXPOSED_PAYLOAD;
}

/* Until the client has paid for it or has left, the offer may still come. */
static bool
is_decided(const struct observation *o)
{
	return o->final || (o->exposed_unasked != 0 && !asks_late(o));
}

static bool
listing_refused(const struct observation *o)
{
	bool helo_only = marked(o, MARK_HELO_ONLY) && o->payload == FACT_TRUE;

	return is_decided(o) && o->offered == FACT_UNKNOWN && !upgraded(o) && !is_optional(o) &&
	    (marked(o, MARK_LISTING_REFUSED) || helo_only);
}

/*
 * HELO alone is a habit of the client, or of a program beside others at its address; a
 * refused EHLO is the server's.
 */
static enum alert_when
when_listing_refused(const struct observation *o)
{
	return marked(o, MARK_LISTING_REFUSED) ? WITH_LISTING : WITH_CLIENT_HABIT;
}

/*
 * The client spoke the protocol in clear to a server that opened in none that
 * anybody knows. Only for a client that has used TLS with this very server, of
 * which others know the same, is that more than a stranger's business.
 */
static enum joint
opening_unread(const struct observation *o, const struct knowledge *k)
{
	bool known = k->history.strength == STRENGTH_STRONG && k->history.upgraded > 0 &&
	    k->history.client_upgraded && k->policy == POLICY_SILENT;

	return alert_if(observation_is_unread(o) && observation_seen_whole(o) &&
	    (known || k->policy == POLICY_REQUIRED));
}

static bool
denied_yet_done(const struct observation *o)
{
	return upgraded(o) && o->offered == FACT_FALSE && o->accepted == FACT_TRUE &&
	    !o->listing_in_greeting_only && !is_optional(o) &&
	    !marked(o, MARK_TOKEN_MASKED) && !marked(o, MARK_TOKEN_CORRUPTED);
}

static bool
contradiction(const struct observation *o)
{
	return marked(o, MARK_CONTRADICTION) || denied_yet_done(o);
}

/* Where a server may demand TLS without listing it, only its history makes that odd. */
static enum alert_when
when_contradiction(const struct observation *o)
{
	return (o->traits & TRAIT_DEMANDS_UNLISTED) != 0 && !denied_yet_done(o) ?
	    WITH_SERVER : ALWAYS;
}

/*
 * Of a connection that was picked up under way nobody can say that nothing was
 * offered; and where the session itself proves more, its history adds nothing.
 * A client that was sent to another port with TLS, and went, lost nothing.
 */
static bool
lacks_offer(const struct observation *o)
{
	bool went = marked(o, MARK_TLS_ELSEWHERE) && !observation_exposed_anywhere(o);

	return !went && is_decided(o) && o->offered == FACT_FALSE && !upgraded(o) &&
	    !is_optional(o) && o->flow.handshake &&
	    !masked(o) && !corrupted(o) && !contradiction(o);
}

static bool
stripped(const struct observation *o)
{
	return lacks_offer(o) && !o->listing_in_greeting_only;
}

/*
 * What a greeting lists is little, and lacking the offer there means nothing; unless it
 * was there before, and something crossed. Many a client looks nowhere else.
 */
static enum joint
greeting_stripped(const struct observation *o, const struct knowledge *k)
{
	bool silent = k->policy == POLICY_OPTIONAL || k->policy == POLICY_NEVER;

	return alert_if(lacks_offer(o) && o->listing_in_greeting_only && !silent &&
	    observation_exposed_anywhere(o) &&
	    k->history.habits.greeting == HABIT_BROKEN &&
	    k->history.strength != STRENGTH_NONE);
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

/* Whoever can do more must leave here (RFC 8446 §4.1.3), so there may be no TLS in the end. */
static bool
version_downgrade(const struct observation *o)
{
	return o->tls.downgrade_sentinel;
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

/* Was it between request and TLS, where a reset is worth forging? */
static bool
fell_at_upgrade(const struct observation *o, const struct mark *reset)
{
	const struct mark *request = observation_mark(o, MARK_REQUEST),
	    *tls = observation_mark(o, MARK_TLS_PROTECTED);

	return reset != NULL && request != NULL && request->ref.at_ns <= reset->ref.at_ns &&
	    (tls == NULL || tls->ref.at_ns >= reset->ref.at_ns);
}

/*
 * The connection went on behind a reset, which then nobody had sent who could be
 * believed; or it came from elsewhere, as firewalls' do all the time, but at the
 * upgrade.
 */
static bool
reset_injected(const struct observation *o)
{
	return marked(o, MARK_RESET_OUTLIVED) ||
	    fell_at_upgrade(o, observation_mark(o, MARK_RESET_FOREIGN));
}

static enum alert_when
when_reset_injected(const struct observation *o)
{
	return fell_at_upgrade(o, observation_mark(o, MARK_RESET_OUTLIVED)) ||
	    fell_at_upgrade(o, observation_mark(o, MARK_RESET_FOREIGN)) ? ALWAYS : NEVER;
}

/* What decided against the upgrade came from somewhere else than the packets around it. */
static bool
stranger_spoke(const struct observation *o)
{
	return marked(o, MARK_STRANGER);
}

/*
 * A certificate that is renewed keeps its name or its issuer. One that its
 * maker signed himself, or that shares neither, is somebody else's until two
 * clients have seen it on two days.
 */
static enum joint
certificate_changed(const struct observation *o, const struct knowledge *k)
{
	const struct habits *h = &k->history.habits;

	if (h->certificate != HABIT_BROKEN)
		return JOINT_NO;
	if (o->tls.certificate.self_signed ||
	    (h->issuer == HABIT_BROKEN && h->subject == HABIT_BROKEN))
		return JOINT_ALERT;
	return JOINT_NOTE;
}

/* Resumed sessions and updates of a library change it as well: it is never more than a note. */
static enum joint
answer_changed(const struct observation *o, const struct knowledge *k)
{
	(void)o;
	return k->history.habits.answer == HABIT_BROKEN ? JOINT_NOTE : JOINT_NO;
}

/*
 * A client that says itself that a better handshake just failed (RFC 7507), with a server
 * that others have TLS with.
 */
static bool
fell_back(const struct observation *o, const struct knowledge *k)
{
	return o->tls.fallback_scsv && k->history.upgraded > 0 &&
	    k->history.strength != STRENGTH_NONE;
}

/* From TLS 1.3 to 1.2 is what administrators do when something breaks; further down is not. */
static enum joint
version_went_down(const struct observation *o, const struct knowledge *k)
{
	if (!upgraded(o) || (k->history.habits.version != HABIT_BROKEN && !fell_back(o, k)))
		return JOINT_NO;
	return o->tls.version < TLS_1_2 ? JOINT_ALERT : JOINT_NOTE;
}

/*
 * The listing asks for less than it used to. Who gets TLS all the same lost nothing by
 * that, and may be one of those whom the server asks for less; where the operator says
 * that TLS need not be, nobody is held to what there was.
 */
static enum joint
less_asked(const struct observation *o, const struct knowledge *k)
{
	if (k->policy == POLICY_OPTIONAL || k->policy == POLICY_NEVER)
		return JOINT_NO;
	return upgraded(o) && !observation_exposed_anywhere(o) ? JOINT_NOTE : JOINT_ALERT;
}

/*
 * The server used to demand TLS in its listing, and no longer does. Where the offer
 * is gone as well that says more, unless there never was one beside the demand (IRC).
 */
static enum joint
demand_gone(const struct observation *o, const struct knowledge *k)
{
	bool gone = k->history.habits.demand == HABIT_BROKEN &&
	    (was_offered(o) || k->history.offered == 0);

	return gone ? less_asked(o, k) : JOINT_NO;
}

/* Passwords in clear are wanted that were not wanted before, or nothing else is any more. */
static enum joint
mechanisms_weaker(const struct observation *o, const struct knowledge *k)
{
	return k->history.habits.mechanisms == HABIT_BROKEN ? less_asked(o, k) : JOINT_NO;
}

/* RFC 4642 forbids it in NNTP; elsewhere it is odd. It means nothing for what was before. */
static bool
offered_after_login(const struct observation *o)
{
	return marked(o, MARK_OFFER_AFTER_LOGIN);
}

/*
 * Files beside an encrypted control connection. Who asks for that, and whoever wants his
 * files, gets what he wants; so does the operator who says that TLS need not be. Most who ask
 * do so under TLS, where nobody sees it: the rule alarms nobody.
 */
static enum joint
data_in_clear(const struct observation *o, const struct knowledge *k)
{
	const bool wanted = o->data_chosen || (o->traits & TRAIT_PUBLIC) != 0 ||
	    k->policy == POLICY_OPTIONAL || k->policy == POLICY_NEVER;

	if (!upgraded(o) || o->data_flow_id == 0)
		return JOINT_NO;
	return wanted ? JOINT_NOTE : JOINT_ALERT;
}

/* An update of the client does it as well, so it is never more than a note. */
static enum joint
hello_changed(const struct observation *o, const struct knowledge *k)
{
	(void)o;
	return k->history.hello_changed ? JOINT_NOTE : JOINT_NO;
}

static const struct decision_row rows[] = {
	{ TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER, true, auth_despite_offer, NULL,
	    when_auth_despite_offer,
	    "an offer, no request, and a password in clear" },
	/* followed by a password it is still the refused listing that explains it */
	{ TECHNIQUE_CAP_CMD_REFUSED, true, listing_refused, opening_unread,
	    when_listing_refused,
	    "a refused capability command, or none that has a list" },
	{ TECHNIQUE_CAP_STRIPPED, true, not_alone, greeting_stripped, always,
	    "a greeting without the offer that it used to list" },
	{ TECHNIQUE_CLEARTEXT_AUTH_DESPITE_OFFER, true, auth_without_listing, NULL,
	    with_client,
	    "no listing, no request, and a password in clear" },
	{ TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER, true, payload_despite_offer, NULL,
	    with_client,
	    "an offer, no request, and content in clear" },
	{ TECHNIQUE_FTP_DATA_CLEAR, true, not_alone, data_in_clear, always,
	    "TLS here, and a data connection that begins without" },
	{ TECHNIQUE_CAP_CONTRADICTION, false, contradiction, NULL, when_contradiction,
	    "words of the server that exclude each other" },
	{ TECHNIQUE_CAP_STRIPPED, true, stripped, NULL, with_server,
	    "a whole listing without the offer" },
	{ TECHNIQUE_REPLY_STRUCTURE_ANOMALY, false, structure, NULL, never,
	    "a damaged listing" },
	{ TECHNIQUE_ALPACA, false, alpaca, NULL, always,
	    "a protocol inside TLS that is not this one" },
	{ TECHNIQUE_TLS_VERSION_DOWNGRADE, false, version_downgrade, version_went_down,
	    always,
	    "a version of TLS below what both sides can, or did before" },
	{ TECHNIQUE_TLS_WEAK_CIPHER, false, weak_cipher, NULL, when_weak_cipher,
	    "a cipher that protects nothing, or little" },
	{ TECHNIQUE_POLICY_TOKEN_STRIPPED, false, not_alone, demand_gone, always,
	    "no demand of TLS where the server used to make one" },
	{ TECHNIQUE_SASL_DOWNGRADE, false, not_alone, mechanisms_weaker, always,
	    "passwords in clear where the server used to list something better" },
	{ TECHNIQUE_CERT_CHANGED, false, not_alone, certificate_changed, always,
	    "another certificate than before" },
	{ TECHNIQUE_SERVER_FINGERPRINT_CHANGED, false, not_alone, answer_changed, always,
	    "another ServerHello than before" },
	{ TECHNIQUE_CLIENTHELLO_CHANGED, false, not_alone, hello_changed, always,
	    "another ClientHello than this client always sent to this server" },
	/* these support what stands above, or stand alone */
	{ TECHNIQUE_MOTS_TTL, false, stranger_spoke, NULL, always,
	    "what decided on the upgrade, from another origin" },
	{ TECHNIQUE_CAP_OFFERED_AFTER_AUTH, false, offered_after_login, NULL, never,
	    "the offer in a listing behind a login, where none is made" },
	{ TECHNIQUE_RST_INJECTED, false, reset_injected, NULL, when_reset_injected,
	    "a reset whose sender goes on, or that is of another origin" },
};

const struct decision_section decision_exposure = { rows, sizeof(rows) / sizeof(rows[0]) };
