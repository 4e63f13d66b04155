/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/sieve.h"

#include "dialect/opening.h"

enum { LINES_MAX = 16 };	/* of the server that are looked at to recognise it */

/* The hole lies within a script, which is counted: nothing but content is missing. */
static bool
gap_in_literal(struct sieve *s, enum side from, uint64_t count)
{
	uint64_t *left = from == SIDE_SERVER ? &s->answer.literal_left : &s->command.literal_left;

	if (count > *left)
		return false;
	if (from == SIDE_SERVER && pending_oldest(&s->pending) != SIEVE_GETSCRIPT)
		return false;
	*left -= count;
	return true;
}

static void
forget(struct sieve *s, enum side from)
{
	line_gap(&s->lines[from]);
	if (from == SIDE_CLIENT) {
		s->command.open = s->sasl.challenged = false;
		s->command.literal_left = 0;
	} else {
		s->answer.open = false;
		s->answer.literal_left = 0;
		s->listing = (struct capability){ 0 };
		s->listed = false;
		s->greeted = true;
		/* a challenge may be what is missing; the next line tells */
		s->sasl.challenged = pending_holds(&s->pending, SIEVE_AUTHENTICATE);
	}
	pending_clear(&s->pending);
	s->unsure = true;
	s->heard = false;
}

static void
sieve_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct sieve *s = state;

	if (!gap_in_literal(s, from, count))
		forget(s, from);
	facts->goes_on = from == SIDE_CLIENT ? s->command.open : s->answer.open;
}

/* RFC 5804 §1.7: a capability's name, which begins the line; its quotes may be gone. */
static bool
is_capability(struct span line)
{
	static const char *const names[] = {
		"IMPLEMENTATION", "SASL", "SIEVE", "STARTTLS", "VERSION", "MAXREDIRECTS", "NOTIFY",
		"LANGUAGE", "OWNER", "RENAME", "NOOP", "UNAUTHENTICATE", "EXTLISTS",
	};
	struct span name;

	if (!literal_argument(&line, &name))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(name, names[i]))
			return true;
	}
	return false;
}

static enum probe
probe_client(const struct opening *opening, bool answered)
{
	const struct sieve_command *command;
	struct span rest, line;
	bool whole;

	line = opening_command(opening->said[SIDE_CLIENT], &whole);
	if (!whole)
		return line.n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	command = sieve_command_find(line_word(line, &rest));
	if (command == NULL)
		return PROBE_NO;
	/* nobody else's mechanisms are strings without a tag in front */
	if (command->shared && (command->verb != SIEVE_AUTHENTICATE || span_at(rest, 0) != '"'))
		return PROBE_WEAK;
	return answered ? PROBE_YES : PROBE_LIKELY;
}

/*
 * The server's first capability, as clients may pass over lines in front, or as much of it
 * as there is while more may come; else its first line.
 */
static struct span
greeting_line(struct span said, bool more, bool *whole_r)
{
	struct span first = opening_line(said, whole_r), line = first;
	bool whole = *whole_r;

	for (int i = 0; i < LINES_MAX && whole && said.n > 0; i++) {
		if (span_at(line, 0) == '"' && is_capability(line))
			return line;
		said = span_tail(said, span_find(said, '\n') + 1);
		line = opening_line(said, &whole);
	}
	if (!more || whole || span_at(line, 0) != '"')
		return first;
	*whole_r = false;
	return line;
}

static enum probe
sieve_probe(const struct opening *opening)
{
	struct span server = opening->said[SIDE_SERVER], rest, line, word;
	bool client = opening->said[SIDE_CLIENT].n > 0, quoted, whole;
	int begin;

	if (server.n == 0)
		return probe_client(opening, false);
	line = greeting_line(server, opening->more[SIDE_SERVER], &whole);
	begin = span_at(line, 0);
	quoted = begin == '"';
	if (!quoted && begin != '{' && (begin < 'A' || begin > 'Z') && (begin < 'a' || begin > 'z'))
		return PROBE_NO;
	if (!whole && opening->more[SIDE_SERVER])
		return line.n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	if (opening->first == SIDE_SERVER && quoted && is_capability(line))
		return PROBE_YES;
	word = line_word(line, &rest);
	if (!quoted && begin != '{' && imap_status_of(word) != IMAP_OK &&
	    imap_status_of(word) != IMAP_NO && imap_status_of(word) != IMAP_BYE &&
	    (opening->first != SIDE_SERVER || !is_capability(line)))
		return PROBE_NO;
	return client ? probe_client(opening, true) : PROBE_WEAK;
}

static long
sieve_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	if (from == SIDE_CLIENT)
		return sieve_client_unit(state, in, facts);
	return sieve_server_unit(state, in, facts);
}

const struct dialect dialect_sieve = {
	.name = "sieve",
	.rfcs = "5804",
	.ports = { 4190, 2000 },
	.alpn = "managesieve",
	.traits = TRAIT_OFFER_STANDS | TRAIT_LITERALS | TRAIT_OFFER_ENDS,
	.state_size = sizeof(struct sieve),
	.offer = "STARTTLS in the greeting",
	.request = "STARTTLS",
	.grant = "OK",
	.tells = "cap-masked cap-corrupted cap-cmd-refused cmd-corrupted "
	    "cleartext-redirect required-violated",
	.probe = sieve_probe,
	.feed = sieve_feed,
	.gap = sieve_gap,
};
