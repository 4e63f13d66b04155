/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LMTP (RFC 2033): SMTP with LHLO instead of EHLO, one answer for each
 * recipient after a message, and STARTTLS as RFC 3207 has it.
 */
#include "dialect/opening.h"
#include "dialect/reply.h"
#include "dialect/smtp.h"

/* A greeting of SMTP's, FTP's or a news server's; what answers who was heard first is none. */
static bool
greets_as_other(const struct opening *opening, const struct opening_lines *o)
{
	enum { READY = 220 };

	if (reply_mentions(o->greeting, "LMTP"))
		return false;
	return reply_mentions(o->greeting, "SMTP") || reply_mentions(o->greeting, "FTP") ||
	    (opening->first == SIDE_SERVER && o->greets && o->code != READY);
}

/* There are servers that speak both, and clients that are mistaken in their server. */
static enum probe
probe_hello(const struct opening *opening, const struct opening_lines *o)
{
	/* no server of LMTP has no codes at all */
	if (opening->said[SIDE_SERVER].n > 0 && !o->coded)
		return opening->more[SIDE_SERVER] ? PROBE_MORE : PROBE_WEAK;
	if (!greets_as_other(opening, o))
		return PROBE_YES;
	if (o->answer == 0)
		return opening->more[SIDE_SERVER] ? PROBE_MORE : PROBE_WEAK;
	return o->answer >= 500 ? PROBE_NO : PROBE_YES;
}

/*
 * Picked up under way, behind a hello that nobody saw: its commands are SMTP's, and the
 * port tells. The first code is then no greeting, for the client spoke before it or it
 * grants something.
 */
static enum probe
probe_under_way(const struct opening *opening, const struct opening_lines *o)
{
	enum { DONE = 250 };

	if (!opening->own_port || (opening->first == SIDE_SERVER && o->code != DONE))
		return PROBE_NO;
	switch (smtp_verb_of(o->verb)) {
	case SMTP_STARTTLS:
	case SMTP_MAIL:
	case SMTP_RCPT:
	case SMTP_DATA:
	case SMTP_BDAT:
		return o->coded ? PROBE_YES : PROBE_WEAK;
	default:
		return PROBE_NO;
	}
}

static bool
greets_as_lmtp(const struct opening_lines *o)
{
	return o->greets && o->code == 220 && o->greeting_whole &&
	    reply_mentions(o->greeting, "LMTP");
}

static enum probe
lmtp_probe(const struct opening *opening)
{
	struct opening_lines o;
	enum probe probe;

	opening_read_lines(opening, &o);
	/* what the client says decides, and it is worth waiting for */
	if (span_is(o.verb, "LHLO") && o.verb_whole)
		return probe_hello(opening, &o);
	if (o.verb_tells) {
		probe = probe_under_way(opening, &o);
		return probe == PROBE_NO && greets_as_lmtp(&o) ? PROBE_YES : probe;
	}
	if (opening->more[SIDE_CLIENT])
		return o.greets || o.unsettled ? PROBE_MORE : PROBE_NO;
	if (o.unsettled)
		return PROBE_MORE;
	if (!o.greets || o.code != 220)
		return PROBE_NO;
	if (!o.greeting_whole)
		return PROBE_MORE;
	return greets_as_lmtp(&o) ? PROBE_YES : PROBE_WEAK;
}

static long
lmtp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct smtp *s = state;

	s->lmtp = true;
	if (from == SIDE_CLIENT)
		return smtp_client_unit(s, in, facts);
	return smtp_server_unit(s, in, facts);
}

static void
lmtp_lost(void *state, enum side from, uint64_t count, struct facts *facts)
{
	smtp_gap(state, from, count, facts);
}

const struct dialect dialect_lmtp = {
	.name = "lmtp",
	.rfcs = "2033 3207",
	.ports = { 24, 2003 },
	.traits = TRAIT_OFFER_STANDS,
	.state_size = sizeof(struct smtp),
	.offer = "STARTTLS in the LHLO reply",
	.request = "STARTTLS",
	.grant = "220",
	.tells = "cap-masked cap-corrupted cap-cmd-refused "
	    "cmd-corrupted reply-structure-anomaly required-violated",
	.probe = lmtp_probe,
	.feed = lmtp_feed,
	.gap = lmtp_lost,
};
