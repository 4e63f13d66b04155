/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of IMAP (RFC 9051), ACAP (RFC 2244) and MUPDATE (RFC 3656) is it? All
 * greet with "*" and answer by tag. What a client wants tells more than a
 * greeting, whose words anybody in the path may have chosen.
 */
#include "dialect/imap.h"
#include "dialect/opening.h"
#include "dialect/reply.h"

enum {
	LINES_MAX = 16,		/* of each side that are looked at */
	KIN_ALL = IMAP_KIN_IMAP | IMAP_KIN_ACAP | IMAP_KIN_MUPDATE,
};

/* What the client began with. */
struct words {
	bool whole;		/* its first line is there up to its end */
	unsigned kin;		/* whose commands these are; 0: nobody's of the family */
	bool asks;		/* among them is STARTTLS, which is seldom anybody else's */
	struct span tag;	/* of the first */
};

static bool
is_one_of(struct span word, const char *const *list)
{
	while (*list != NULL && !span_is(word, *list))
		list++;
	return *list != NULL;
}

/* RFC 2244 §6, RFC 3656 §4; mechanisms are strings there, and atoms in IMAP. */
static unsigned
kin_of(struct span verb, struct span argument)
{
	static const char *const acap[] = {
		"AUTHENTICATE", "DELETEACL", "DELETEDSINCE", "FREECONTEXT", "GETQUOTA", "LANG",
		"LISTRIGHTS", "LOGOUT", "MYRIGHTS", "NOOP", "SEARCH", "SETACL", "STARTTLS",
		"STORE", "UPDATECONTEXT", NULL,
	}, *const mupdate[] = {
		"ACTIVATE", "AUTHENTICATE", "COMPRESS", "DEACTIVATE", "DELETE", "FIND", "LIST",
		"LOGOUT", "NOOP", "RESERVE", "STARTTLS", "UPDATE", NULL,
	};
	int begin = span_at(argument, 0);
	unsigned kin = imap_verb_of(verb) < IMAP_CORRUPTED ? IMAP_KIN_IMAP : 0;

	if (is_one_of(verb, acap))
		kin |= IMAP_KIN_ACAP;
	if (is_one_of(verb, mupdate))
		kin |= IMAP_KIN_MUPDATE;
	if (span_is(verb, "AUTHENTICATE"))
		kin &= begin == '"' || begin == '{' ? ~(unsigned)IMAP_KIN_IMAP : IMAP_KIN_IMAP;
	return kin;
}

static bool
may_begin_line(int c)
{
	return c > 0x20 && c < 0x7f;
}

/*
 * A tag and one of our verbs, as far as they are there; empty lines may stand in front. What
 * is no command by half of its line is none when the line is whole.
 */
static bool
may_begin_command(struct span said)
{
	bool whole;
	struct span line = opening_command(said, &whole), rest, argument;
	struct span tag = line_word(line, &rest), verb = line_word(rest, &argument);

	if (tag.n == 0)
		return line.n == 0;
	for (size_t i = 0; i < tag.n; i++) {
		if (!may_begin_line(span_at(tag, i)))
			return false;
	}
	return argument.n == 0 || kin_of(verb, argument) != 0;
}

/* Until a command says more than the one before. What cannot become one need not be whole. */
static void
read_words(struct span said, struct words *w_r)
{
	bool whole;

	*w_r = (struct words){ .kin = KIN_ALL };
	if (!may_begin_command(said)) {
		*w_r = (struct words){ .whole = true };
		return;
	}
	for (int i = 0; i < LINES_MAX && said.n > 0; i++) {
		struct span line = opening_line(said, &whole), verb;
		unsigned kin;

		if (!whole)
			break;
		said = span_tail(said, span_find(said, '\n') + 1);
		if (line.n == 0)
			continue;
		if (!w_r->whole)
			w_r->tag = line_word(line, &line);
		else
			line_word(line, &line);
		verb = line_word(line, &line);
		kin = kin_of(verb, line);
		if (w_r->whole && (kin & w_r->kin) == 0)
			break;
		w_r->whole = true;
		w_r->asks = w_r->asks || span_is(verb, "STARTTLS");
		w_r->kin &= kin;
		if (w_r->kin != KIN_ALL)
			break;
	}
}

static enum probe
greets_with(struct span word, struct span text, enum imap_kin kin)
{
	bool imap = kin == IMAP_KIN_IMAP;
	struct span more;

	switch (imap_status_of(word)) {
	case IMAP_OK:
		if (!span_is(line_word(text, &more), "MUPDATE"))
			return imap ? PROBE_YES : PROBE_NO;
		return imap ? PROBE_WEAK : kin == IMAP_KIN_MUPDATE ? PROBE_LIKELY : PROBE_NO;
	case IMAP_PREAUTH:
		return imap ? PROBE_YES : PROBE_NO;
	case IMAP_BYE:
		/* its relatives write strings here */
		return imap && span_at(text, 0) != '"' && span_at(text, 0) != '(' ?
		    PROBE_YES : PROBE_WEAK;
	case IMAP_NO:
	case IMAP_BAD:
		return PROBE_WEAK;
	case IMAP_NO_STATUS:
		break;
	}
	if (span_is(word, "CAPABILITY") || imap_is_mailbox_data(word, text))
		return imap ? PROBE_YES : PROBE_NO;
	if (span_is(word, "AUTH") || span_is(word, "STARTTLS"))
		return kin == IMAP_KIN_MUPDATE ? PROBE_LIKELY : PROBE_NO;
	return kin == IMAP_KIN_ACAP && span_is(word, "ACAP") ? PROBE_LIKELY : PROBE_NO;
}

/* The server's first line, where it is the answer to a command; or as IMAP2 greeted. */
static enum probe
answers(const struct words *w, struct span tag, struct span rest, enum imap_kin kin)
{
	struct span text, word = line_word(rest, &text);
	bool imap = kin == IMAP_KIN_IMAP,
	    quoted = span_at(text, 0) == '"' || span_at(text, 0) == '(';

	if (span_is(tag, "OK") && span_starts_nocase(word, "IMAP2"))
		return imap ? PROBE_YES : PROBE_NO;
	if (imap_status_of(word) == IMAP_NO_STATUS)
		return PROBE_NO;
	return imap && !quoted && w->whole && (w->kin & IMAP_KIN_IMAP) != 0 &&
	    span_equals(tag, w->tag) ? PROBE_YES : PROBE_WEAK;
}

/* What the server's words say of this relative. */
static enum probe
greets(const struct words *w, struct span line, enum imap_kin kin)
{
	struct span rest, text, word = line_word(line, &rest);

	if (span_is(word, "*")) {
		word = line_word(rest, &text);
		return greets_with(word, text, kin);
	}
	if (span_is(word, "+"))
		return kin == IMAP_KIN_IMAP ? PROBE_WEAK : PROBE_NO;
	return answers(w, word, rest, kin);
}

/* Whose greeting is that line: of this one, of a relative, or nobody's? */
enum greeting { NOBODYS, OURS, A_RELATIVES };

static enum greeting
greeting_of(const struct words *w, struct span line, enum imap_kin kin)
{
	static const enum imap_kin kins[] = { IMAP_KIN_IMAP, IMAP_KIN_ACAP, IMAP_KIN_MUPDATE };

	if (greets(w, line, kin) != PROBE_NO)
		return OURS;
	for (size_t i = 0; i < sizeof(kins) / sizeof(kins[0]); i++) {
		if (greets(w, line, kins[i]) != PROBE_NO)
			return A_RELATIVES;
	}
	return NOBODYS;
}

/*
 * The server's greeting, as clients of ours may pass over nobody's lines in front; else its
 * first line. May it still be to come? Then nothing is said before it is there.
 */
static struct span
greeting_line(const struct words *w, struct span said, enum imap_kin kin, bool *more_r)
{
	bool whole, passes = !w->whole || (w->kin & kin) != 0;
	struct span first = opening_line(said, &whole), line = first;
	int i = 0;

	*more_r = false;
	/* neither half a line nor a whole one */
	if (!may_begin_line(span_at(said, 0)))
		return span_head(first, 0);
	*more_r = !whole;
	if (!whole)
		return first;
	for (; i < LINES_MAX && whole && said.n > 0; i++) {
		enum greeting greeting = greeting_of(w, line, kin);

		if (greeting != NOBODYS || !passes)
			return greeting == OURS ? line : first;
		said = span_tail(said, span_find(said, '\n') + 1);
		line = opening_line(said, &whole);
	}
	*more_r = passes && i < LINES_MAX;
	return first;
}

/* Does one of the server's first lines answer the client's first command, or is it untagged? */
static bool
is_understood(struct span said, struct span tag)
{
	bool whole = true;

	for (int i = 0; i < LINES_MAX && said.n > 0 && whole; i++) {
		struct span line = opening_line(said, &whole), rest, more;
		struct span word = line_word(line, &rest);

		if (span_is(word, "*") || (span_equals(word, tag) && whole &&
		    imap_status_of(line_word(rest, &more)) != IMAP_NO_STATUS))
			return true;
		said = span_tail(said, span_find(said, '\n') + 1);
	}
	return false;
}

/* "* OK" and any words could be anybody's; these are not. */
static bool
names_imap(struct span line)
{
	return reply_mentions(line, "IMAP") || reply_mentions(line, "[CAPABILITY ") ||
	    reply_mentions(line, "* CAPABILITY ") || reply_mentions(line, "* PREAUTH");
}

/* The client has said something that no client of the family does: only its server tells. */
static enum probe
probe_stranger(const struct opening *opening, struct span line, enum imap_kin kin,
    enum probe words)
{
	if (kin != IMAP_KIN_IMAP || words != PROBE_YES || opening->own_port || names_imap(line))
		return words;
	return opening->more[SIDE_CLIENT] ? PROBE_MORE : PROBE_WEAK;
}

/* The client has said something. */
static enum probe
probe_dialogue(const struct words *w, const struct opening *opening, struct span line,
    enum imap_kin kin)
{
	enum probe words = greets(w, line, kin);

	/* a command may make ours what the server's words alone do not */
	if (!w->whole)
		return words == PROBE_NO && opening->more[SIDE_CLIENT] &&
		    opening->said[SIDE_CLIENT].n < OPENING_LINE_ENOUGH ? PROBE_MORE : words;
	if (w->kin == 0)
		return probe_stranger(opening, line, kin, words);
	/* words of one relative's alone are not ours; of those that two have the greeting tells */
	if ((w->kin & kin) == 0)
		return (w->kin & (w->kin - 1)) == 0 ? PROBE_NO : words;
	if (w->kin == (unsigned)kin)
		return is_understood(opening->said[SIDE_SERVER], w->tag) ? PROBE_YES : PROBE_WEAK;
	return words;
}

static enum probe
probe_client(const struct words *w, struct span client, enum imap_kin kin)
{
	if (!w->whole)
		return client.n < OPENING_LINE_ENOUGH ? PROBE_MORE : PROBE_NO;
	if ((w->kin & kin) == 0)
		return PROBE_NO;
	return w->kin == (unsigned)kin || w->asks ? PROBE_LIKELY : PROBE_WEAK;
}

enum probe
imap_probe_kin(const struct opening *opening, enum imap_kin kin)
{
	struct span server = opening->said[SIDE_SERVER], client = opening->said[SIDE_CLIENT], line;
	struct words w;
	bool more;

	read_words(client, &w);
	if (server.n == 0)
		return probe_client(&w, client, kin);
	line = greeting_line(&w, server, kin, &more);
	if (more && opening->more[SIDE_SERVER] && server.n < OPENING_LINE_ENOUGH)
		return PROBE_MORE;
	if (client.n == 0)
		return greets(&w, line, kin);
	return probe_dialogue(&w, opening, line, kin);
}
