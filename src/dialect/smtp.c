/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/smtp.h"

#include "dialect/ftp.h"
#include "dialect/opening.h"
#include "dialect/reply.h"

/* The hole lies within a chunk that is counted anyway: nothing but content is missing. */
static bool
gap_in_chunk(struct smtp *s, enum side from, uint64_t count, struct facts *facts)
{
	if (from != SIDE_CLIENT || s->client != SMTP_CHUNK || count > s->chunk_left)
		return false;
	s->chunk_left -= count;
	facts->goes_on = s->chunk_left > 0;
	if (s->chunk_left == 0)
		s->client = SMTP_COMMANDS;
	return true;
}

void
smtp_gap(struct smtp *s, enum side from, uint64_t count, struct facts *facts)
{
	if (gap_in_chunk(s, from, count, facts))
		return;
	s->holes = true;
	line_gap(&s->lines[from]);
	pending_clear(&s->pending);
	s->exchange.challenged = s->auth_open = false;
	s->early = s->stray = 0;
	s->hello_put_off.code = 0;
	s->listing_ended = false;
	if (from == SIDE_SERVER) {
		s->code = 0;
		s->greeting_open = false;
		s->greeted = true;
		/* the go-ahead may have been lost, and a body must not be read as commands */
		if (s->client == SMTP_AWAIT_GO) {
			s->client = SMTP_BODY;
			facts_lost_sync(facts);
		}
	} else if (s->client == SMTP_CHUNK) {
		s->client = SMTP_COMMANDS;
	}
	s->body_tail = 0;
	s->body_unsure = s->client == SMTP_BODY;
	facts->goes_on = from == SIDE_CLIENT && s->client == SMTP_BODY;
}

/* FTP shares the greeting and some verbs; these only SMTP has. */
static bool
is_smtp_verb(struct span verb)
{
	switch (smtp_verb_of(verb)) {
	case SMTP_EHLO:
		return !span_is(verb, "LHLO");
	case SMTP_HELO:
	case SMTP_STARTTLS:
	case SMTP_MAIL:
	case SMTP_RCPT:
	case SMTP_DATA:
	case SMTP_BDAT:
	case SMTP_XCLIENT:
	case SMTP_CORRUPTED:
		return true;
	default:
		return span_is(verb, "VRFY") || span_is(verb, "EXPN") || span_is(verb, "ETRN");
	}
}

static bool
is_shared_verb(struct span verb)
{
	return span_is(verb, "QUIT") || span_is(verb, "NOOP") || span_is(verb, "HELP") ||
	    span_is(verb, "RSET") || span_is(verb, "AUTH");
}

static bool
may_greet(const struct opening_lines *o)
{
	return o->greets && (o->code == 220 || o->code == 421 || o->code == 521 ||
	    o->code == 554 || o->code == 250);
}

/* Unless the client's words are another's, those of the greeting say whose it is. */
static bool
greets_as_smtp(const struct opening_lines *o)
{
	return o->greeting_whole && reply_mentions(o->greeting, "SMTP") &&
	    !reply_mentions(o->greeting, "LMTP") && !reply_mentions(o->greeting, "FTP");
}

static bool
greets_as_other(const struct opening_lines *o)
{
	return o->greeting_whole && !reply_mentions(o->greeting, "SMTP") &&
	    (reply_mentions(o->greeting, "LMTP") || reply_mentions(o->greeting, "FTP"));
}

/* However odd the banner: who says EHLO and is answered with a code speaks SMTP. */
static enum probe
probe_hello(const struct opening *opening, const struct opening_lines *o)
{
	/* LMTP's, unless a server of SMTP does not know it */
	if (span_is(o->verb, "LHLO"))
		return opening->said[SIDE_SERVER].n == 0 ? PROBE_WEAK :
		    !greets_as_smtp(o) ? PROBE_NO : o->answer >= 500 ? PROBE_YES :
		    o->answer == 0 ? PROBE_MORE : PROBE_NO;
	/* a greeting of another's: its own hello is accepted there by none but an SMTP server */
	if (o->coded && o->answer == 0 && opening->more[SIDE_SERVER] &&
	    opening->first == SIDE_SERVER && (greets_as_other(o) || !may_greet(o)))
		return PROBE_MORE;
	if (o->coded)
		return PROBE_YES;
	if (opening->said[SIDE_SERVER].n == 0)
		return PROBE_WEAK;
	if (opening->more[SIDE_SERVER])
		return PROBE_MORE;
	/* a flood of other words in front of its codes does not make it another's */
	return opening->said[SIDE_SERVER].n < OPENING_LINE_ENOUGH ? PROBE_NO : PROBE_WEAK;
}

/* Both have spoken: the client's verb decides, then the greeting's words. */
static enum probe
probe_dialogue(const struct opening *opening, const struct opening_lines *o)
{
	const struct ftp_command *ftp = ftp_command_find(o->verb);

	if (!o->verb_whole)
		return opening->said[SIDE_CLIENT].n < OPENING_LINE_ENOUGH ? PROBE_MORE :
		    greets_as_smtp(o) ? PROBE_YES : PROBE_NO;
	/* what is still to come of the greeting may be another's words */
	if (!o->greeting_whole && opening->more[SIDE_SERVER])
		return PROBE_MORE;
	if (ftp != NULL && !ftp->shared)
		return greets_as_smtp(o) ? PROBE_WEAK : PROBE_NO;
	/* but for EHLO, its verbs may be others' as well, or what is left of them */
	if (is_smtp_verb(o->verb))
		return greets_as_other(o) ? PROBE_WEAK : PROBE_YES;
	if (greets_as_other(o))
		return PROBE_NO;
	if (!o->verb_tells && opening->more[SIDE_CLIENT])
		return PROBE_WEAK;
	if (greets_as_smtp(o))
		return PROBE_YES;
	return is_shared_verb(o->verb) ? PROBE_WEAK : PROBE_NO;
}

static enum probe
smtp_probe(const struct opening *opening)
{
	bool server = opening->said[SIDE_SERVER].n > 0, client = opening->said[SIDE_CLIENT].n > 0;
	struct opening_lines o;

	opening_read_lines(opening, &o);
	if (o.verb_whole && opening_is_hello(o.verb))
		return probe_hello(opening, &o);
	if (server && o.unsettled)
		return PROBE_MORE;
	if (server && !client && opening->more[SIDE_CLIENT])
		return PROBE_MORE;
	/* any code may answer the first command that was heard */
	if (server && !may_greet(&o) && opening->first == SIDE_CLIENT && o.coded &&
	    is_smtp_verb(o.verb))
		return PROBE_WEAK;
	if (server && !may_greet(&o))
		return client && !o.verb_tells && opening->more[SIDE_CLIENT] ? PROBE_MORE :
		    PROBE_NO;
	if (server && client)
		return probe_dialogue(opening, &o);
	if (server)
		return greets_as_smtp(&o) ? PROBE_YES : PROBE_WEAK;
	/* a client that speaks first, or whose server is not seen */
	if (!o.verb_whole)
		return PROBE_MORE;
	return is_smtp_verb(o.verb) || is_shared_verb(o.verb) ? PROBE_WEAK : PROBE_NO;
}

static long
smtp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	if (from == SIDE_CLIENT)
		return smtp_client_unit(state, in, facts);
	return smtp_server_unit(state, in, facts);
}

static void
smtp_lost(void *state, enum side from, uint64_t count, struct facts *facts)
{
	smtp_gap(state, from, count, facts);
}

const struct dialect dialect_smtp = {
	.name = "smtp",
	.rfcs = "5321 3207 4954 6409 8314 2920 3030",
	.ports = { 25, 587, 2525, 26, 2587, 366 },
	.implicit_ports = { 465 },
	.traits = TRAIT_OFFER_STANDS,
	.state_size = sizeof(struct smtp),
	.offer = "STARTTLS in the EHLO reply",
	.request = "STARTTLS",
	.grant = "220",
	.tells = "cap-masked cap-corrupted cap-cmd-refused "
	    "cmd-corrupted reply-structure-anomaly required-violated",
	.probe = smtp_probe,
	.feed = smtp_feed,
	.gap = smtp_lost,
};
