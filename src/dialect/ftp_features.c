/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FTP's list of features (RFC 2389 §3.2), and what stands in it for "AUTH TLS". */
#include "dialect/ftp.h"

#include "dialect/token.h"

/* "TLS", or "TLS;SSL;TLS-C;TLS-P;": is one of them TLS? *known_r: we have heard of the first. */
static bool
lists_tls(struct span list, bool *known_r)
{
	*known_r = list.n == 0;
	while (list.n > 0) {
		size_t end = 0;

		while (end < list.n && span_at(list, end) != ';' && span_at(list, end) != ',' &&
		    span_at(list, end) != ' ')
			end++;
		if (ftp_mechanism_is_tls(span_head(list, end)))
			return true;
		*known_r = *known_r || ftp_mechanism_is_other(span_head(list, end));
		list = span_tail(list, end + 1);
	}
	return false;
}

/* A filler that left the blank between two words alone is one filler. */
static struct span
without_blank(struct span text, uint8_t room[FTP_REQUEST_LENGTH])
{
	if (text.n != FTP_REQUEST_LENGTH || span_at(text, FTP_VERB_LENGTH) != ' ')
		return text;
	for (size_t i = 0; i < FTP_REQUEST_LENGTH; i++)
		room[i] = (uint8_t)span_at(text, i == FTP_VERB_LENGTH ? 0 : i);
	return token_is_masked(span_of(room, FTP_REQUEST_LENGTH)) ?
	    span_of(room, FTP_REQUEST_LENGTH) : text;
}

static void
feature(struct ftp *f, struct span text, struct span line)
{
	struct span rest, word = line_word(text, &rest);
	uint8_t room[FTP_REQUEST_LENGTH];
	bool known = false;

	if (span_is(word, "AUTH")) {
		if (lists_tls(rest, &known)) {
			word = span_text("AUTH TLS");
		} else if (!known) {
			word = text;
		}
	} else if (text.n <= FTP_REQUEST_LENGTH + 2) {
		word = without_blank(text, room);
	}
	capability_word(&f->listing, word, "AUTH TLS", line);
}

/*
 * A feature stands behind one space (RFC 2389 §3.2); some servers repeat the
 * code instead, and a filler may cover the space.
 */
void
ftp_feature_line(struct ftp *f, const struct line *line)
{
	struct span text = line->text;

	if (f->reply_lines == 1 || line->kind != LINE_WHOLE || text.n == 0)
		return;
	if (span_starts(text, "211-"))
		text = span_tail(text, 4);
	else if (text.n == FTP_REQUEST_LENGTH + 1 && token_is_masked(text))
		text = span_tail(text, 1);
	while (span_at(text, 0) == ' ' || span_at(text, 0) == '\t')
		span_skip(&text, 1);
	feature(f, text, line->text);
}

/* "211 no features" is a listing, too; another code without lines is none. */
void
ftp_feat_reply(struct ftp *f, unsigned code, struct span line, struct facts *facts)
{
	const bool lists = code == 211 || (code / 100 == 2 && f->reply_lines > 1);

	if (f->reply_broken)
		return;
	/* "for the moment" is no answer, and 421 the end */
	if (!lists && code / 100 != 4)
		facts_mark(facts, MARK_LISTING_REFUSED, line);
	if (!lists)
		return;
	capability_finish(&f->listing, "AUTH TLS", facts);
}

void
ftp_unasked_reply(struct ftp *f, unsigned code, struct facts *facts)
{
	if (code == 211 && f->reply_lines > 1 && !f->reply_broken && early_may_come(facts))
		early_came(&f->early_listing, facts);
}
