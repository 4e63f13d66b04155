/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMTP, when a server will not go on without TLS (RFC 3207 §4, RFC 4954 §6). Its
 * codes mean "authenticate first" as well, and what it says may name TLS without
 * demanding it: "Authentication or STARTTLS required", "STARTTLS not needed".
 */
#include "dialect/smtp.h"

#include "dialect/reply.h"

static bool
names_tls(struct span text)
{
	return reply_has_word(text, "STARTTLS") || reply_has_word(text, "TLS") ||
	    reply_has_word(text, "SSL") || reply_mentions(text, "encrypt") ||
	    reply_mentions(text, "secure connection") || reply_mentions(text, "secure channel");
}

static bool
obliges(struct span text)
{
	static const char *const words[] = {
		"must", "need", "needs", "needed", "first", "only", "before", "without", "please",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (reply_has_word(text, words[i]))
			return true;
	}
	return reply_mentions(text, "requir") || reply_mentions(text, "have to") ||
	    reply_mentions(text, "disallow");
}

/* What it says behind the word for TLS counts: "not allowed without TLS" denies something else. */
static bool
denies(struct span text)
{
	struct span behind = text;

	if (reply_mentions(text, "no TLS") || reply_mentions(text, "no STARTTLS") ||
	    reply_mentions(text, "no encrypt"))
		return true;
	while (text.n > 0 && names_tls(text)) {
		behind = text;
		span_skip(&text, 1);
	}
	return reply_has_word(behind, "not") || reply_mentions(behind, "n't") ||
	    reply_has_word(behind, "optional") || reply_has_word(behind, "unavailable") ||
	    reply_has_word(behind, "disabled");
}

static bool
leaves_choice(struct span text)
{
	return reply_has_word(text, "or") && reply_mentions(text, "auth");
}

/* Up to the next mark of punctuation. */
static struct span
next_clause(struct span *text)
{
	static const char ends[] = ".,;:()!";
	struct span clause = *text;
	size_t n = 0;

	while (n < text->n && span_find(span_text(ends), (uint8_t)span_at(*text, n)) ==
	    sizeof(ends) - 1)
		n++;
	clause.n = n;
	*text = span_tail(*text, n + 1);
	return clause;
}

/* Does a clause demand it? *named_r: one speaks of it at all. */
static bool
prose_demands(unsigned code, struct span prose, bool *named_r)
{
	while (prose.n > 0) {
		struct span clause = next_clause(&prose);

		if (!names_tls(clause))
			continue;
		if (!denies(clause) && !leaves_choice(clause) && (code == 538 || obliges(clause)))
			return true;
		*named_r = true;
	}
	return false;
}

static bool
demands_tls(unsigned code, struct span line)
{
	bool named = false;

	if (code != 530 && code != 538)
		return false;
	line = span_tail(line, 4);
	while (line.n > 0) {
		if (prose_demands(code, reply_next_prose(&line), &named))
			return true;
	}
	/* 538 says it by itself (RFC 4954 §6), unless its words say something else */
	return code == 538 && !named;
}

void
smtp_demand_line(struct smtp *s, unsigned code, struct span line)
{
	if (s->demand.n == 0 && demands_tls(code, line))
		keep_set(&s->demand, line);
}

bool
smtp_demand(const struct smtp *s, enum operation operation, struct facts *facts)
{
	struct span line = keep_span(&s->demand);

	if (line.n == 0)
		return false;
	facts_demand(facts, operation, line);
	if (facts->seen->offered == FACT_FALSE && reply_has_word(line, "STARTTLS")) {
		facts_mark(facts, MARK_CONTRADICTION, line);
		facts->news = true;
	}
	return true;
}
