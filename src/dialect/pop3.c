/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/pop3.h"

#include "dialect/opening.h"

enum { LINES_MAX = 16 };	/* of the server that are looked at to recognise it */

static void
server_gap(struct pop3 *p)
{
	/* lines may have begun behind a status, or have ended, in it */
	bool lines = p->server != POP3_REPLIES || pending_holds(&p->pending, POP3_RETR) ||
	    pending_holds(&p->pending, POP3_TOP) || pending_holds(&p->pending, POP3_LIST) ||
	    pending_holds(&p->pending, POP3_UIDL) || pending_holds(&p->pending, POP3_LINES) ||
	    pending_holds(&p->pending, POP3_CAPA);

	p->greeted = true;
	if (!lines)
		return;
	if (p->server == POP3_REPLIES)
		p->block = (struct block){ 0 };
	p->server = POP3_BLOCK;
	p->block_unsure = true;
	p->client_went_on = false;
}

static void
pop3_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct pop3 *p = state;

	(void)count;
	(void)facts;
	line_gap(&p->lines[from]);
	if (from == SIDE_SERVER) {
		server_gap(p);
		/* a challenge may be what is missing; the next line tells */
		p->sasl.challenged = pending_holds(&p->pending, POP3_AUTH);
	} else {
		p->sasl.challenged = false;
	}
	pending_clear(&p->pending);
	p->unsure = true;
	p->heard = false;
}

/* Could more bytes make a status of this? */
static bool
may_become_status(struct span line)
{
	return span_equals_nocase(line, span_head(span_text("+OK"), line.n)) ||
	    span_equals_nocase(line, span_head(span_text("-ERR"), line.n));
}

static enum probe
probe_client(const struct opening *opening, bool answered)
{
	const struct pop3_command *command;
	struct span rest, line;
	bool whole;

	line = opening_command(opening->said[SIDE_CLIENT], &whole);
	if (!whole)
		return line.n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	command = pop3_command_find(line_word(line, &rest));
	if (command == NULL)
		return answered ? PROBE_WEAK : PROBE_NO;
	if (command->shared)
		return PROBE_WEAK;
	if (answered)
		return PROBE_YES;
	return command->verb == POP3_CAPA || command->verb == POP3_STLS ||
	    command->verb == POP3_APOP ? PROBE_LIKELY : PROBE_WEAK;
}

/*
 * Clients look for "+OK" alone, glued to what follows or not, or for a "+", and
 * some pass over lines that have neither.
 */
static bool
greets_nearly(struct span said)
{
	bool whole = true;

	if (span_at(said, 0) == '+')
		return true;
	for (int i = 0; i < LINES_MAX && said.n > 0; i++) {
		if (span_starts_nocase(opening_line(said, &whole), "+OK"))
			return true;
		said = span_tail(said, span_find(said, '\n') + 1);
	}
	return false;
}

/*
 * Nobody else greets with +OK; but others answer with it (Redis, NATS), and
 * then only the command tells.
 */
static enum probe
pop3_probe(const struct opening *opening)
{
	struct span server = opening->said[SIDE_SERVER], rest, line, word;
	bool client = opening->said[SIDE_CLIENT].n > 0, whole;

	if (server.n == 0)
		return probe_client(opening, false);
	line = opening_line(server, &whole);
	word = line_word(line, &rest);
	if (!whole && opening->more[SIDE_SERVER] && may_become_status(line))
		return PROBE_MORE;
	if (pop3_status_of(word) != POP3_OK && pop3_status_of(word) != POP3_ERR &&
	    (opening->first == SIDE_CLIENT || !greets_nearly(server)))
		return PROBE_NO;
	if (!whole && opening->more[SIDE_SERVER])
		return line.n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	if (opening->first == SIDE_SERVER && pop3_status_of(word) == POP3_OK)
		return PROBE_YES;
	return client ? probe_client(opening, true) : PROBE_WEAK;
}

static long
pop3_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	if (from == SIDE_CLIENT)
		return pop3_client_unit(state, in, facts);
	return pop3_server_unit(state, in, facts);
}

const struct dialect dialect_pop3 = {
	.name = "pop3",
	.rfcs = "1939 2449 2595 3206 5034 6856",
	.ports = { 110, 1110 },
	.implicit_ports = { 995 },
	.alpn = "pop3",
	.state_size = sizeof(struct pop3),
	.offer = "STLS in the CAPA reply",
	.request = "STLS",
	.grant = "+OK",
	.tells = "cap-masked cap-corrupted cap-cmd-refused cmd-corrupted "
	    "required-violated",
	.probe = pop3_probe,
	.feed = pop3_feed,
	.gap = pop3_gap,
};
