/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/session.h"

#include <stdlib.h>

#include "base/text.h"
#include "session/followed.h"

struct sessions *
sessions_new(size_t kept_max, observation_take *take, void *ctx, struct err *e)
{
	struct sessions *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set_errno(e, "sessions");
		return NULL;
	}
	if ((s->data = data_connections_new(DATA_AWAITED_MAX, e)) == NULL) {
		free(s);
		return NULL;
	}
	s->kept_max = kept_max > 0 ? kept_max : SESSIONS_KEPT_MAX;
	s->take = take;
	s->ctx = ctx;
	return s;
}

void
sessions_keep_evidence(struct sessions *s, struct evidence *evidence)
{
	s->evidence = evidence;
}

/* How it stands with an attempt to reach a port with TLS. */
static void
tell_attempt(const struct sessions *all, const struct flow *flow)
{
	const struct dialect *d = dialect_by_implicit_port(flow->tuple.port[SIDE_SERVER]);
	struct observation seen = { .final = flow->end != FLOW_OPEN, .attempt = true,
		.flow = *flow, .at = flow->last };

	/* whether anybody answered is not known where packets passed unseen */
	if (d == NULL || flow->truncated)
		return;
	text_copy(seen.dialect_expected, sizeof(seen.dialect_expected), d->name);
	all->take(all->ctx, &seen);
}

static void *
session_open(void *ctx, const struct flow *flow)
{
	struct sessions *all = ctx;
	struct session *s = calloc(1, sizeof(*s));

	/* it was told, and has succeeded after all */
	if (flow->unanswered)
		tell_attempt(all, flow);
	if (s == NULL || (s->talk = malloc(sizeof(*s->talk))) == NULL) {
		free(s);
		all->no_memory++;
		return NULL;
	}
	s->all = all;
	s->flow = flow;
	conversation_start(s->talk, flow);
	if (all->evidence != NULL) {
		evidence_established(all->evidence, *stream_place(flow), flow);
		s->talk->redaction.masked = evidence_masked(*stream_place(flow));
	}
	all->followed++;
	if ((s->tie = data_claim(all->data, s, flow)) != NULL)
		conversation_hold(s->talk);
	return s;
}

static void
tell(struct session *s, bool provisional)
{
	struct observation seen;

	conversation_snapshot(s->talk, &seen);
	seen.provisional = provisional;
	s->all->take(s->all->ctx, &seen);
}

void
session_tell_news(struct session *s)
{
	bool news = conversation_take_news(s->talk), moved = conversation_take_move(s->talk);

	if ((news || moved) && s->talk->dialect != NULL)
		tell(s, !news);
}

static void
account(struct session *s)
{
	const size_t bytes = conversation_kept_bytes(s->talk);

	s->all->kept_bytes += bytes - s->kept_bytes;
	s->kept_bytes = bytes;
	if (bytes > 0)
		list_add(&s->all->keeping, &s->keeping, s);
	else
		list_remove(&s->all->keeping, &s->keeping);
}

/* More is kept than may be: those who began first give it up. */
static void
relieve(struct sessions *all)
{
	struct session *s;

	while (all->kept_bytes > all->kept_max && (s = list_oldest(&all->keeping)) != NULL) {
		all->given_up++;
		conversation_give_up(s->talk);
		account(s);
		list_remove(&all->keeping, &s->keeping);
	}
}

void
session_account(struct session *s)
{
	account(s);
	relieve(s->all);
}

static void
release(struct session *s)
{
	s->all->kept_bytes -= s->kept_bytes;
	list_remove(&s->all->keeping, &s->keeping);
	data_untie(s->all->data, &s->tie);
	conversation_free(s->talk);
	free(s->talk);
	free(s);
}

void
session_forget(struct session *s)
{
	if (s->all->evidence != NULL)
		evidence_drop(s->all->evidence, stream_place(s->flow));
	release(s);
}

/*
 * TLS that belongs to no dialect gets no event, but its hello may turn up again
 * in a connection that began in clear.
 */
static void
tell_elsewhere(struct session *s)
{
	struct observation seen;

	s->all->tls_elsewhere++;
	if (s->talk->hellos == NULL || s->talk->hellos->client_random_hash == 0)
		return;
	conversation_snapshot(s->talk, &seen);
	seen.elsewhere = true;
	s->all->take(s->all->ctx, &seen);
}

/* After the conversation took something: tell the news, and say whether more is wanted. */
static enum stream_want
go_on(struct session *s, bool more)
{
	session_tell_news(s);
	session_await_data(s);
	if (more && conversation_is_elsewhere(s->talk)) {
		conversation_end(s->talk, &s->flow->last);
		more = false;
	}
	session_account(s);
	if (more)
		return STREAM_MORE;
	if (conversation_is_of_interest(s->talk)) {
		if (s->all->evidence != NULL)
			evidence_cut(*stream_place(s->flow));
		return STREAM_STOP;
	}
	if (s->talk->facts.seen->implicit)
		tell_elsewhere(s);
	else
		s->all->foreign++;
	session_forget(s);
	return STREAM_FORGET;
}

/* What may be data is not read before it is known to be none. */
static enum stream_want
wait_for_more(struct session *s, enum session_data data)
{
	if (data == SESSION_DATA_HELD)
		return STREAM_MORE;
	session_forget(s);
	return STREAM_FORGET;
}

static enum stream_want
session_bytes(void *session, enum side from, struct span bytes, const struct frame_ref *at)
{
	enum session_data data = SESSION_DATA_NONE;
	struct session *s = session;

	if (s == NULL)
		return STREAM_FORGET;	/* there was no memory for it */
	if (s->all->evidence != NULL)
		evidence_begins(*stream_place(s->flow), from,
		    stream_sequence(s->flow, from) - (uint32_t)bytes.n);
	if (session_is_data(s))
		data = session_data_bytes(s, from, bytes, at);
	if (data != SESSION_DATA_NONE)
		return wait_for_more(s, data);
	return go_on(s, conversation_bytes(s->talk, from, bytes, at));
}

static enum stream_want
session_gap(void *session, enum side from, uint64_t count, const struct frame_ref *at)
{
	enum session_data data = SESSION_DATA_NONE;
	struct session *s = session;

	if (s == NULL)
		return STREAM_FORGET;	/* there was no memory for it */
	if (s->all->evidence != NULL)
		evidence_begins(*stream_place(s->flow), from, stream_sequence(s->flow, from));
	if (session_is_data(s))
		data = session_data_gap(s, from, count, at);
	if (data != SESSION_DATA_NONE)
		return wait_for_more(s, data);
	return go_on(s, conversation_gap(s->talk, from, count, at));
}

static enum stream_want
session_conflict(void *session, enum side from, struct span kept, struct span other,
    const struct frame_ref *at)
{
	struct session *s = session;

	if (s == NULL)
		return STREAM_FORGET;	/* there was no memory for it */
	conversation_conflict(s->talk, from, kept, other, at);
	return go_on(s, s->talk->stage != STAGE_DONE);
}

static void
session_stranger(void *session, enum side from, const struct stranger *stranger, bool is_reset)
{
	struct session *s = session;

	if (s != NULL)
		conversation_stranger(s->talk, from, stranger, is_reset);
}

/*
 * Judges may need to know of an end before it is certain: a client soon comes back. Of
 * TLS from the first byte there is nothing to judge before that.
 */
static void
tell_if_ended(struct session *s, const struct frame_ref *at)
{
	const bool implicit = s->talk->facts.seen->implicit;
	struct observation seen;

	if (s->talk->dialect == NULL && !implicit)
		return;
	conversation_if_ended(s->talk, at, &seen);
	seen.provisional = s->talk->dialect == NULL;
	s->all->take(s->all->ctx, &seen);
}

static enum stream_want
session_reset(void *session, enum side from, bool outlived, const struct frame_ref *at)
{
	struct session *s = session;

	if (s == NULL)
		return STREAM_FORGET;	/* there was no memory for it */
	if (outlived) {
		/* the port was not blocked either, if that was what the reset said */
		tell_attempt(s->all, s->flow);
		conversation_outlived(s->talk, from, at);
	} else {
		tell_if_ended(s, at);
	}
	return go_on(s, s->talk->stage != STAGE_DONE);
}

static enum stream_want
session_finished(void *session, const struct frame_ref *at)
{
	struct session *s = session;

	if (s == NULL)
		return STREAM_FORGET;	/* there was no memory for it */
	tell_if_ended(s, at);
	return go_on(s, s->talk->stage != STAGE_DONE);
}

static void
end_conversation(struct session *s, const struct frame_ref *at)
{
	session_control_end(s, at);
	conversation_end(s->talk, at);
	/* nobody's words, but its server may be known for others */
	s->talk->facts.seen->elsewhere = conversation_is_unread_elsewhere(s->talk);
	if (conversation_is_of_interest(s->talk))
		tell(s, false);
	if (!conversation_is_of_interest(s->talk) || s->talk->facts.seen->elsewhere)
		s->all->foreign++;
}

static void
session_close(void *session, const struct frame_ref *at)
{
	struct session *s = session;

	if (s == NULL)
		return;
	if (session_is_data(s)) {
		session_data_end(s, at);
		session_forget(s);
		return;
	}
	end_conversation(s, at);
	if (s->all->evidence != NULL)
		evidence_close(s->all->evidence, stream_place(s->flow));
	release(s);
}

static void
session_segment(void *ctx, const struct flow *flow, enum side from,
    const struct segment *segment)
{
	const struct sessions *all = ctx;

	evidence_segment(all->evidence, stream_place(flow), flow, from, segment);
}

static void
session_gone(void *ctx, const struct flow *flow)
{
	const struct sessions *all = ctx;

	evidence_drop(all->evidence, stream_place(flow));
}

/*
 * Nobody answered, or the port was closed: counted at its end, so that no connection
 * goes unaccounted for. Of a port with TLS it is told; of a refusal at once, and else as
 * soon as its client asks again, who may go on to one without.
 */
static void
session_attempt(void *ctx, const struct flow *flow)
{
	const bool is_over = flow->phase == FLOW_CLOSED;
	struct sessions *all = ctx;

	all->attempts += is_over;
	if (!is_over || flow->end != FLOW_RST)
		tell_attempt(all, flow);
}

struct stream_listener
sessions_listener(struct sessions *s)
{
	return (struct stream_listener){
		.ctx = s,
		.open = session_open,
		.bytes = session_bytes,
		.gap = session_gap,
		.conflict = session_conflict,
		.stranger = session_stranger,
		.reset = session_reset,
		.finished = session_finished,
		.close = session_close,
		.attempt = session_attempt,
		.segment = s->evidence != NULL ? session_segment : NULL,
		.forget = s->evidence != NULL ? session_gone : NULL,
	};
}

void
sessions_counters(const struct sessions *s, counter_visit *visit, void *ctx)
{
	visit(ctx, "session.followed", s->followed);
	visit(ctx, "session.foreign", s->foreign);
	visit(ctx, "session.tls_elsewhere", s->tls_elsewhere);
	visit(ctx, "session.no_memory", s->no_memory);
	visit(ctx, "session.attempts", s->attempts);
	visit(ctx, "session.kept_bytes", s->kept_bytes);
	visit(ctx, "session.given_up", s->given_up);
	data_connections_counters(s->data, visit, ctx);
}

void
sessions_free(struct sessions **s)
{
	if (*s == NULL)
		return;
	data_connections_free(&(*s)->data);
	free(*s);
	*s = NULL;
}
