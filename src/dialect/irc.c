/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/irc.h"

enum { OPENING_LINES_MAX = 4 };	/* of each side that are looked at to recognise it */

static struct span
without_blanks(struct span text)
{
	while (span_at(text, 0) == ' ')
		span_skip(&text, 1);
	return text;
}

static bool
is_number(struct span command)
{
	for (size_t i = 0; i < command.n; i++) {
		if (span_at(command, i) < '0' || span_at(command, i) > '9')
			return false;
	}
	return command.n == 3;
}

/* A server's name in front of a number: a prefix whose colon somebody has forgotten. */
static bool
is_bare_prefix(struct span word, struct span rest)
{
	/* "RTSP/1.0 200" is not one */
	return span_find(word, '.') < word.n && span_find(word, '/') == word.n &&
	    is_number(line_word(rest, &rest));
}

struct irc_message
irc_message_read(struct span line)
{
	struct irc_message m = { .prefix = span_head(line, 0) };

	line = without_blanks(line);
	if (span_at(line, 0) == '@')
		line_word(line, &line);
	if (span_at(line, 0) == ':')
		m.prefix = span_tail(line_word(line, &line), 1);
	m.command = line_word(line, &m.params);
	if (m.prefix.n == 0 && is_bare_prefix(m.command, m.params)) {
		m.prefix = m.command;
		m.command = line_word(m.params, &m.params);
	}
	return m;
}

bool
irc_param(struct span *params, struct span *param_r)
{
	if (params->n == 0)
		return false;
	if (span_at(*params, 0) == ':') {
		*param_r = span_tail(*params, 1);
		*params = span_head(*params, 0);
	} else {
		*param_r = line_word(*params, params);
	}
	return true;
}

static void
irc_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct irc *c = state;

	(void)count;
	(void)facts;
	line_gap(&c->lines[from]);
	c->asked = false;
	/* the rest of a list is not the whole of it */
	if (from == SIDE_SERVER)
		c->listing_hole = true;
	else
		c->exchange = c->chunk = c->negotiating = false;
}

enum whose { OURS, PERHAPS, FOREIGN };

static unsigned
count_params(struct span params)
{
	struct span param;
	unsigned count = 0;

	while (irc_param(&params, &param))
		count++;
	return count;
}

/* A client's message; PASS, and USER with one word, are FTP's and POP3's, too. */
static enum whose
whose_request(struct span line)
{
	struct irc_message m = irc_message_read(line);
	unsigned params = count_params(m.params);

	if (span_is(m.command, "CAP"))
		return span_starts_nocase(m.params, "LS") || span_starts_nocase(m.params, "REQ") ||
		    span_starts_nocase(m.params, "END") ? OURS : FOREIGN;
	if (span_is(m.command, "NICK"))
		return params >= 1 ? OURS : FOREIGN;
	if (span_is(m.command, "USER"))
		return params >= 4 ? OURS : PERHAPS;
	if (span_is(m.command, "PASS") || span_is(m.command, "STARTTLS") ||
	    span_is(m.command, "JOIN") || span_is(m.command, "PRIVMSG") ||
	    span_is(m.command, "NOTICE") || span_is(m.command, "PING") ||
	    span_is(m.command, "PONG") || span_is(m.command, "AUTHENTICATE") ||
	    span_is(m.command, "WEBIRC"))
		return PERHAPS;
	return FOREIGN;
}

/* A server's message: a prefix and a number or a word, or a word that needs no prefix. */
static enum whose
whose_reply(struct span line)
{
	struct irc_message m = irc_message_read(line);
	bool talk = span_is(m.command, "NOTICE") || span_is(m.command, "CAP") ||
	    span_is(m.command, "PRIVMSG") || span_is(m.command, "PING") ||
	    span_is(m.command, "JOIN") || span_is(m.command, "MODE");

	if (m.prefix.n > 0)
		return is_number(m.command) || talk ? OURS : FOREIGN;
	if (span_is(m.command, "NOTICE") && span_starts(m.params, "AUTH "))
		return OURS;
	return talk || span_is(m.command, "ERROR") || span_is(m.command, "AUTHENTICATE") ?
	    PERHAPS : FOREIGN;
}

/* The best that one of the first lines says; a foreign one settles it. *more_r: none is whole. */
static enum whose
whose_lines(struct span said, enum whose (*whose)(struct span), bool *more_r)
{
	struct line_reader reader = { 0 };
	enum whose best = PERHAPS;
	struct line line;
	long used;

	*more_r = true;
	for (int i = 0; i < OPENING_LINES_MAX; i++) {
		used = line_read(&reader, said, &line);
		if (used == 0)
			return best;
		span_skip(&said, (size_t)used);
		if (line.text.n == 0)
			continue;
		*more_r = false;
		if (line.kind != LINE_WHOLE || whose(line.text) == FOREIGN)
			return best == OURS ? OURS : FOREIGN;
		if (whose(line.text) == OURS)
			best = OURS;
	}
	return best;
}

static enum probe
irc_probe(const struct opening *opening)
{
	bool client_more, server_more, silent = opening->said[SIDE_SERVER].n == 0;
	enum whose client = whose_lines(opening->said[SIDE_CLIENT], whose_request, &client_more),
	    server = whose_lines(opening->said[SIDE_SERVER], whose_reply, &server_more);

	/* a server that speaks like this is one, but the line may stand in front of another's */
	if (server == OURS)
		return opening->first == SIDE_SERVER && client == PERHAPS && !client_more ?
		    PROBE_LIKELY : PROBE_YES;
	if (server == FOREIGN || (client == FOREIGN && silent))
		return PROBE_NO;
	if (client == FOREIGN)
		return PROBE_MORE;
	if (client == OURS && (silent || !server_more))
		return PROBE_YES;
	return client_more && server_more ? PROBE_MORE : PROBE_WEAK;
}

static long
irc_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	if (from == SIDE_CLIENT)
		return irc_client_unit(state, in, facts);
	return irc_server_unit(state, in, facts);
}

const struct dialect dialect_irc = {
	.name = "irc",
	.rfcs = "2812 7194",
	.ports = { 6667, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6668, 6669, 7000 },
	.implicit_ports = { 6697 },
	.alpn = "irc",
	.traits = TRAIT_PUBLIC | TRAIT_AUTH_WEAK | TRAIT_MAY_IGNORE,
	.state_size = sizeof(struct irc),
	.offer = "tls in the CAP LS reply",
	.request = "STARTTLS",
	.grant = "670",
	.tells = "cap-masked cap-corrupted cap-cmd-refused cmd-corrupted",
	.probe = irc_probe,
	.feed = irc_feed,
	.gap = irc_gap,
};
