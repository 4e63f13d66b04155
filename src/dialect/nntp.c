/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/nntp.h"

#include "dialect/opening.h"
#include "dialect/reply.h"

/* Articles come without a pause: where the next one ends or a command begins is past knowing. */
static bool
is_lost_in_stream(const struct nntp *n, enum side from)
{
	return from == SIDE_CLIENT && n->streams;
}

static void
client_gap(struct nntp *n)
{
	n->sasl.challenged = false;
	n->body_tail = 0;
	n->body_unsure = n->client == NNTP_BODY;
}

static void
server_gap(struct nntp *n, struct facts *facts)
{
	n->greeted = true;
	n->sasl.challenged = false;
	/* a block may have begun, or have ended, in it */
	if (n->server == NNTP_LISTING)
		n->server = NNTP_BLOCK;
	n->block_unsure = n->server != NNTP_REPLIES;
	n->client_spoke = false;
	/* the go-ahead may have been lost, and an article must not be read as commands */
	if (n->client != NNTP_AWAIT_GO)
		return;
	n->client = NNTP_BODY;
	n->body_tail = 0;
	n->body_unsure = true;
	facts_lost_sync(facts);
}

static void
nntp_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct nntp *n = state;

	(void)count;
	n->holes = true;
	line_gap(&n->lines[from]);
	pending_clear(&n->pending);
	if (is_lost_in_stream(n, from)) {
		facts_lost_sync(facts);
		facts_done(facts);
	} else if (from == SIDE_CLIENT) {
		client_gap(n);
	} else {
		server_gap(n, facts);
	}
}

/* Any code may answer, but not greet. */
static bool
greets_as_other(const struct opening *opening, const struct opening_lines *o)
{
	enum { READY = 220 };	/* SMTP's and FTP's */

	return opening->first == SIDE_SERVER && o->greets && o->code == READY;
}

/* Words that only news servers greet with. */
static bool
greets_as_news(const struct opening_lines *o)
{
	return o->greeting_whole && (reply_mentions(o->greeting, "NNTP") ||
	    reply_mentions(o->greeting, "NNRP") || reply_mentions(o->greeting, "InterNetNews"));
}

static enum probe
probe_verb(const struct opening *opening, const struct opening_lines *o, bool greeting)
{
	const struct nntp_command *command;

	if (!o->verb_whole || o->verb.n == 0)
		return opening->said[SIDE_CLIENT].n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	command = nntp_command_find(o->verb);
	if (command == NULL)
		return PROBE_NO;
	if (o->greets && command->verb == NNTP_STARTTLS && greeting)
		return PROBE_YES;
	if (o->coded && !command->shared && !greets_as_other(opening, o))
		return PROBE_YES;
	return command->shared ? PROBE_WEAK : PROBE_LIKELY;
}

static enum probe
nntp_probe(const struct opening *opening)
{
	bool server = opening->said[SIDE_SERVER].n > 0, client = opening->said[SIDE_CLIENT].n > 0;
	struct opening_lines o;
	bool greeting;

	opening_read_lines(opening, &o);
	/* what answers a request greets nobody */
	greeting = opening->first == SIDE_SERVER && (o.code == 200 || o.code == 201);
	if (server && o.unsettled)
		return PROBE_MORE;
	/* clients pass over what stands in front of the first code */
	if (server && !o.greets && !o.coded)
		return PROBE_NO;
	if ((greeting || o.code == 400 || o.code == 502) && greets_as_news(&o))
		return PROBE_YES;
	if (client)
		return probe_verb(opening, &o, greeting);
	return PROBE_WEAK;
}

static long
nntp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	if (from == SIDE_CLIENT)
		return nntp_client_unit(state, in, facts);
	return nntp_server_unit(state, in, facts);
}

const struct dialect dialect_nntp = {
	.name = "nntp",
	.rfcs = "3977 4642 4643 4644 8054 8143",
	.ports = { 119, 433 },
	.implicit_ports = { 563 },
	.alpn = "nntp nnsp",
	.traits = TRAIT_DEMANDS_UNLISTED | TRAIT_ASKS_LATE | TRAIT_OFFER_ENDS,
	.state_size = sizeof(struct nntp),
	.offer = "STARTTLS in the CAPABILITIES reply",
	.request = "STARTTLS",
	.grant = "382",
	.tells = "cap-masked cap-corrupted cap-cmd-refused "
	    "cmd-corrupted required-violated",
	.probe = nntp_probe,
	.feed = nntp_feed,
	.gap = nntp_gap,
};
