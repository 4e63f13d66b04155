/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/ftp.h"

#include "dialect/opening.h"
#include "dialect/reply.h"
#include "dialect/token.h"

static void
ftp_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct ftp *f = state;

	(void)count;
	f->holes = true;
	facts_data_clear(facts, false);
	line_gap(&f->lines[from]);
	pending_clear(&f->pending);
	if (from == SIDE_SERVER) {
		f->code = 0;
		f->greeting_open = false;
		f->greeted = true;
	}
}

enum whose { OURS, ANYBODYS, FOREIGN };

/* AUTH is SMTP's, too; its mechanism tells. A masked verb was anybody's, but AUTH before "TLS". */
static enum whose
whose_verb(const struct opening_lines *o)
{
	const struct ftp_command *command = ftp_command_find(o->verb);
	struct span rest, mechanism = line_word(o->argument, &rest);
	bool tls = ftp_mechanism_is_tls(mechanism);

	if (command == NULL)
		return !token_is_masked(o->verb) ? FOREIGN : tls ? OURS : ANYBODYS;
	if (!command->shared)
		return OURS;
	return span_is(o->verb, "AUTH") && (tls || ftp_mechanism_is_other(mechanism)) ?
	    OURS : ANYBODYS;
}

/* SMTP greets with 220, too, and poppassd, whose USER and PASS are the same, with 200. */
static bool
greets_as_other(const struct opening *opening, const struct opening_lines *o)
{
	enum { NEWS = 200, NEWS_TO_READ = 201 };

	return opening->first == SIDE_SERVER && (o->code == NEWS || o->code == NEWS_TO_READ ||
	    (o->greeting_whole && !reply_mentions(o->greeting, "FTP") &&
	    (reply_mentions(o->greeting, "SMTP") || reply_mentions(o->greeting, "LMTP"))));
}

static bool
greets_as_ftp(const struct opening_lines *o)
{
	return o->greeting_whole && reply_mentions(o->greeting, "FTP") &&
	    !reply_mentions(o->greeting, "SMTP") && !reply_mentions(o->greeting, "LMTP") &&
	    (o->code == 220 || o->code == 120 || o->code == 421 || o->code == 530);
}

static enum probe
probe_verb(const struct opening *opening, const struct opening_lines *o)
{
	if (!o->verb_whole)
		return opening->said[SIDE_CLIENT].n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	if (opening_is_hello(o->verb))
		return PROBE_NO;
	if (!o->verb_tells && opening->more[SIDE_CLIENT])
		return PROBE_WEAK;
	if (greets_as_ftp(o))
		return PROBE_YES;
	switch (whose_verb(o)) {
	case OURS:
		/* without the server's digits, USER and PASS could be IRC's */
		if (!o->greets && (span_is(o->verb, "USER") || span_is(o->verb, "PASS")))
			return PROBE_WEAK;
		if (greets_as_other(opening, o))
			return PROBE_WEAK;
		return o->coded ? PROBE_YES : PROBE_LIKELY;
	case ANYBODYS:
		return PROBE_WEAK;
	case FOREIGN:
		break;
	}
	return PROBE_NO;
}

static enum probe
ftp_probe(const struct opening *opening)
{
	bool server = opening->said[SIDE_SERVER].n > 0, client = opening->said[SIDE_CLIENT].n > 0;
	struct opening_lines o;

	opening_read_lines(opening, &o);
	o.verb = ftp_without_telnet(o.verb);
	if (server && o.unsettled)
		return PROBE_MORE;
	/* clients pass over what stands in front of the first code */
	if (server && !o.greets && !o.coded)
		return PROBE_NO;
	if (client)
		return probe_verb(opening, &o);
	/* the client's first command says more than the words of a greeting */
	return greets_as_ftp(&o) && !opening->more[SIDE_CLIENT] ? PROBE_YES : PROBE_WEAK;
}

static long
ftp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	if (from == SIDE_CLIENT)
		return ftp_client_unit(state, in, facts);
	return ftp_server_unit(state, in, facts);
}

const struct dialect dialect_ftp = {
	.name = "ftp",
	.rfcs = "959 2228 2389 4217",
	.ports = { 21, 2121 },
	.implicit_ports = { 990 },
	.alpn = "ftp",
	.traits = TRAIT_TLS_MAY_END | TRAIT_DATA_APART,
	.state_size = sizeof(struct ftp),
	.offer = "AUTH TLS in the FEAT reply",
	.request = "AUTH TLS",
	.grant = "234",
	.tells = "cap-masked cap-corrupted cap-cmd-refused "
	    "cmd-corrupted ftp-ccc required-violated",
	.probe = ftp_probe,
	.feed = ftp_feed,
	.gap = ftp_gap,
};
