/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision_rows.h"

#include "judge/decision_words.h"

/* The rows on what the server said, and on how a request for TLS was answered. */

static bool
preauth(const struct observation *o)
{
	return marked(o, MARK_PREAUTH);
}

/* Where the capture began under way, a login may have come before it. */
static bool
premature(const struct observation *o)
{
	return marked(o, MARK_PREMATURE) && o->flow.handshake;
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

/* Some clients take anything for a yes, and TLS begins: nothing has granted it all the same. */
static bool
invalid_reply(const struct observation *o)
{
	return marked(o, MARK_REPLY_INVALID) && !is_optional(o) && o->accepted != FACT_TRUE;
}

/* An error for an answer is what very old servers give; it costs when the client goes on. */
static enum alert_when
when_invalid_reply(const struct observation *o)
{
	return o->answer == ANSWER_ERROR && !observation_exposed(o, UPGRADE_REFUSED) ?
	    WITH_SERVER : ALWAYS;
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
	/* a client that went on in clear began no TLS afterwards, unless it was answered */
	bool began = marked(o, MARK_CLIENT_HELLO) && !observation_exposed(o, UPGRADE_ASKED);
	bool unanswered = o->answer == ANSWER_NOT_COMING || (o->answer == ANSWER_NONE &&
	    o->requested == FACT_TRUE && observation_nothing_came(o));

	return unanswered && o->accepted == FACT_UNKNOWN && !is_optional(o) && !upgraded(o) &&
	    !began && observation_seen_whole(o);
}

static enum alert_when
when_swallowed(const struct observation *o)
{
	if (was_offered(o) && observation_exposed(o, UPGRADE_ASKED))
		return ALWAYS;
	return was_offered(o) ? WITH_SUCCESS : WITH_SERVER;
}

static enum joint
came_back_after_no(const struct observation *o, const struct knowledge *k)
{
	return alert_if(k->relation.setback == SETBACK_PERMANENT &&
	    observation_exposed_anywhere(o));
}

/* It is enough that the client tells its name in clear and does not ask again. */
static enum joint
came_back_after_error(const struct observation *o, const struct knowledge *k)
{
	return alert_if(k->relation.setback == SETBACK_ERROR && o->requested != FACT_TRUE &&
	    !o->implicit && (o->client_name_hash != 0 || observation_exposed_anywhere(o)));
}

static enum joint
came_back_after_later(const struct observation *o, const struct knowledge *k)
{
	return alert_if(k->relation.setback == SETBACK_TEMPORARY &&
	    observation_exposed_anywhere(o));
}

static const struct decision_row rows[] = {
	{ TECHNIQUE_PREAUTH_GREETING, true, preauth, NULL, always,
	    "a greeting that leaves no room for a request (PREAUTH)" },
	{ TECHNIQUE_PREMATURE_UNTAGGED, true, premature, NULL, always,
	    "mailbox data before anybody has logged in" },
	{ TECHNIQUE_CLEARTEXT_REDIRECT, false, redirect, NULL, when_redirect,
	    "the server sends the client elsewhere before TLS" },
	{ TECHNIQUE_CAP_MASKED, true, masked, NULL, always,
	    "filler characters where the offer should stand" },
	{ TECHNIQUE_CAP_CORRUPTED, true, corrupted, NULL, always,
	    "a misspelt offer" },
	{ TECHNIQUE_CMD_CORRUPTED, true, command_corrupted, NULL, always,
	    "a garbled command that the server does not know" },
	{ TECHNIQUE_REQUIRED_VIOLATED, true, required_violated, NULL, always,
	    "the server accepts in clear what it had demanded TLS for" },
	{ TECHNIQUE_CAP_WITHDRAWN, true, withdrawn, NULL, always,
	    "an offer that is gone in a later listing" },
	{ TECHNIQUE_REQUEST_INVALID_REPLY, true, invalid_reply, came_back_after_error,
	    when_invalid_reply,
	    "an answer to the request that is none" },
	{ TECHNIQUE_REQUEST_REFUSED_PERM, true, refused_perm, came_back_after_no,
	    when_refused,
	    "a request that is refused for good, here or in the connection before" },
	{ TECHNIQUE_REQUEST_REFUSED_TEMP, true, refused_temp, came_back_after_later,
	    when_refused,
	    "a request that is refused for the moment, here or in the connection before" },
	{ TECHNIQUE_REQUEST_SWALLOWED, true, swallowed, NULL, when_swallowed,
	    "a request without any answer" },
};

const struct decision_section decision_request = { rows, sizeof(rows) / sizeof(rows[0]) };
