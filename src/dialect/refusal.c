/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors as servers of text have them: three digits (RFC 5321 §4.2, RFC 959 §4.2, RFC 3977
 * §3.2), -ERR (RFC 1939 §3), BAD behind a tag (RFC 9051 §7.1.3), NO alone (RFC 5804 §1.2).
 */
#include "dialect/refusal.h"

#include "dialect/imap_status.h"
#include "dialect/line.h"
#include "dialect/reply.h"

enum reply {
	NO_REPLY,	/* a part of one, or a line that answers nobody */
	GREETS,		/* it may, but may answer as well */
	UNTAGGED,	/* what begins with "*" answers nobody, but may greet */
	ACCEPTS,
	REFUSES,
};

/* Of a code below 500 that says so, one about syntax: some servers soften all their errors. */
static bool
is_error(unsigned code)
{
	return (code >= 500 && code < 600) || (code >= 400 && code < 410);
}

static enum reply
coded_reply(unsigned code, bool final)
{
	enum { PRELIMINARY = 120, READY = 220, NEWS = 200, NEWS_TO_READ = 201 };

	if (!final || code == PRELIMINARY)
		return NO_REPLY;
	if (is_error(code))
		return REFUSES;
	return code == READY || code == NEWS || code == NEWS_TO_READ ? GREETS : ACCEPTS;
}

/* A tag and a status; that a known command failed ("NO") is no error of its words. */
static enum reply
tagged_reply(struct span tag, struct span rest)
{
	struct span more;
	enum imap_status status = imap_status_of(line_word(rest, &more));

	if (status == IMAP_BAD)
		return REFUSES;
	if (span_is(tag, "*"))
		return UNTAGGED;
	return status != IMAP_NO_STATUS ? ACCEPTS : NO_REPLY;
}

static enum reply
reply_of(struct span line)
{
	bool final;
	unsigned code = reply_code(line, &final);
	struct span rest, word = line_word(line, &rest);

	if (code > 0)
		return coded_reply(code, final);
	if (span_is(word, "+OK") || span_is(word, "OK"))
		return GREETS;
	if (span_is(word, "-ERR") || span_is(word, "NO") || span_is(word, "BAD"))
		return REFUSES;
	return span_is(word, "+") ? ACCEPTS : tagged_reply(word, rest);
}

/* The next whole line, taken off the front; false when there is none. */
static bool
next_line(struct span *said, struct span *line_r)
{
	bool whole;

	*line_r = opening_line(*said, &whole);
	*said = span_tail(*said, span_find(*said, '\n') + 1);
	return whole;
}

/* The next reply, the greeting apart. */
static enum reply
next_reply(struct span *server, enum side first, bool *begun, struct refusal *r)
{
	enum reply reply = NO_REPLY;
	struct span line;

	while (next_line(server, &line)) {
		reply = reply_of(line);
		if (reply == NO_REPLY)
			continue;
		if (!*begun && (first == SIDE_SERVER || reply <= UNTAGGED)) {
			r->greeted = *begun = true;
			continue;
		}
		*begun = true;
		if (reply != UNTAGGED)
			return reply;
	}
	return NO_REPLY;
}

void
opening_refusal(const struct opening *opening, struct refusal *r_r)
{
	struct span server = opening->said[SIDE_SERVER], client = opening->said[SIDE_CLIENT], line;
	bool begun = false;

	*r_r = (struct refusal){ 0 };
	while (client.n > 0) {
		enum reply reply;

		/* what answers half a line would answer the whole */
		next_line(&client, &line);
		/* empty lines are passed over, and count as a part of what stands in front */
		if (line.n == 0) {
			if (r_r->bytes > 0)
				r_r->bytes = opening->said[SIDE_CLIENT].n - client.n;
			continue;
		}
		reply = next_reply(&server, opening->first, &begun, r_r);
		r_r->accepted = reply == ACCEPTS || reply == GREETS;
		if (reply != REFUSES)
			return;
		r_r->bytes = opening->said[SIDE_CLIENT].n - client.n;
	}
}
