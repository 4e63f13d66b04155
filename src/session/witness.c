/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stream saw and bytes alone do not show: two versions of them, forged packets. */
#include <stdio.h>

#include "base/keep.h"
#include "session/agreed.h"
#include "session/boundary.h"
#include "session/conversation.h"
#include "session/handshake.h"
#include "session/reopen.h"

void
conversation_conflict(struct conversation *c, enum side from, struct span kept,
    struct span other, const struct frame_ref *at)
{
	struct keep both = { 0 };

	if (c->stage == STAGE_DONE)
		return;
	if (c->tls[from].on) {
		handshake_contest(c, from);
		agreed_conflict(c, from, at);
		return;
	}
	if (c->stage == STAGE_OPENING)
		reopen_contested(c, from);
	c->facts.at = *at;
	c->facts.from = from;
	/* what a client sent may be a secret */
	c->facts.guarded = c->facts.guarded || from == SIDE_CLIENT ||
	    c->start.said[SIDE_CLIENT].n > 0 || c->lost_first[SIDE_CLIENT] > 0 ||
	    !c->flow->handshake;
	if (other.n == 0)
		other = span_text("(other fragments)");
	keep_add(&both, span_head(kept, KEEP_BYTES / 2 - 2));
	keep_add(&both, span_text(" | "));
	keep_add(&both, span_head(other, KEEP_BYTES / 2 - 2));
	facts_mark(&c->facts, MARK_CONFLICT, boundary_quotable(c, keep_span(&both)));
	c->facts.news = true;
}

void
conversation_outlived(struct conversation *c, enum side from, const struct frame_ref *at)
{
	if (c->dialect == NULL && c->stage != STAGE_OPENING)
		return;
	facts_note_of(&c->facts, MARK_RESET_OUTLIVED, from, at, "a reset, and its sender went on");
	c->facts.news = true;
}

static void
note_stranger(struct conversation *c, enum mark_kind kind, enum side from,
    const struct stranger *stranger)
{
	char words[MARK_TEXT_SIZE];
	int n = snprintf(words, sizeof(words), "a packet of another origin: TTL %d, others %d",
	    stranger->ttl, stranger->usual_ttl);

	snprintf(words + n, sizeof(words) - (size_t)n, "%s%s",
	    stranger->other_id ? "; IP identifier out of line" : "",
	    stranger->other_timestamp ? "; TCP timestamp out of line" : "");
	facts_note_of(&c->facts, kind, from, &stranger->at, words);
}

void
conversation_stranger(struct conversation *c, enum side from,
    const struct stranger *stranger, bool is_reset)
{
	uint8_t *count = &c->strangers[from];

	if (is_reset)
		note_stranger(c, MARK_RESET_FOREIGN, from, stranger);
	else if (*count < STRANGERS_MAX)
		c->stranger[from][(*count)++] = *stranger;
	else
		*count = STRANGERS_MAX + 1;
}

/* Marks of what somebody on the side would say in the server's name, or the client's. */
static bool
decides_on_upgrade(enum mark_kind kind)
{
	static const enum mark_kind kinds[] = {
		MARK_LISTING_LACKS, MARK_LISTING_REFUSED, MARK_TOKEN_MASKED,
		MARK_TOKEN_CORRUPTED, MARK_OFFER_WITHDRAWN, MARK_REFUSED_TEMPORARY,
		MARK_REFUSED_PERMANENT, MARK_REFUSED_CLOSING, MARK_REPLY_INVALID,
		MARK_INJECTED_COMMAND, MARK_INJECTED_RESPONSE, MARK_CLEAR_AFTER_ACCEPT,
		MARK_TLS_GARBAGE, MARK_TLS_ALERT, MARK_PREAUTH, MARK_REDIRECT, MARK_CONFLICT,
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i] == kind)
			return true;
	}
	return false;
}

static bool
said_something(const struct conversation *c, enum side from, const struct stranger *stranger)
{
	for (unsigned i = 0; i < c->facts.seen->mark_count; i++) {
		const struct mark *mark = &c->facts.marks.all[i];

		if (mark->from == (uint8_t)from && mark->ref.source == stranger->at.source &&
		    mark->ref.number == stranger->at.number &&
		    decides_on_upgrade((enum mark_kind)mark->kind))
			return true;
	}
	return false;
}

void
conversation_match_strangers(struct conversation *c)
{
	for (int from = 0; from < 2; from++) {
		for (unsigned i = 0; i < c->strangers[from] &&
		    c->strangers[from] <= STRANGERS_MAX; i++) {
			if (said_something(c, (enum side)from, &c->stranger[from][i]))
				note_stranger(c, MARK_STRANGER, (enum side)from,
				    &c->stranger[from][i]);
		}
	}
}
