/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of FTP with each other: a control connection and its data connections. What one of
 * these begins with is evidence of the former (RFC 4217 §9), and no more is asked of it.
 */
#include "session/followed.h"

/* Said in clear, or kept to a port of the server's since it is encrypted. */
void
session_await_data(struct session *s)
{
	struct data_place place;

	if (conversation_take_data(s->talk, &place))
		data_await(s->all->data, &s->tie, s, s->flow, &place);
	if (conversation_hides_data(s->talk))
		data_await_from_server(s->all->data, &s->tie, s, s->flow);
}

void
session_data_end(struct session *s, const struct frame_ref *at)
{
	struct data_tie *tie = s->tie;
	const enum data_looks looks = data_looks(tie);
	struct session *control = data_settle(s->all->data, tie);

	if (control == NULL || looks == DATA_LOOKS_LIKE_NOTHING_YET)
		return;
	conversation_data(control->talk, s->flow, tie->from, looks == DATA_LOOKS_CLEAR,
	    &tie->first_at, at);
	session_tell_news(control);
}

void
session_control_end(const struct session *s, const struct frame_ref *at)
{
	struct session *data;

	while (s->flow->end == FLOW_INPUT_END && (data = data_unsettled(s->tie)) != NULL)
		session_data_end(data, at);
}

static enum session_data
be_data(struct session *s, const struct frame_ref *at)
{
	session_data_end(s, at);
	return SESSION_DATA_OVER;
}

static enum session_data
be_conversation(struct session *s)
{
	data_untie(s->all->data, &s->tie);
	conversation_let_go(s->talk);
	return SESSION_DATA_NONE;
}

/* One side alone: it is data as soon as more was said than a conversation opens with. */
static enum session_data
hold(struct session *s, enum side from, struct span bytes, const struct frame_ref *at)
{
	if (s->tie->said[from] > OPENING_BYTES_MAX)
		return be_data(s, at);
	conversation_bytes(s->talk, from, bytes, at);
	session_account(s);
	return SESSION_DATA_HELD;
}

enum session_data
session_data_bytes(struct session *s, enum side from, struct span bytes,
    const struct frame_ref *at)
{
	switch (data_look(s->tie, from, bytes, at)) {
	case DATA_LOOKS_LIKE_NOTHING_YET:
	case DATA_LOOKS_CLEAR:
		return hold(s, from, bytes, at);
	case DATA_LOOKS_LIKE_TLS:
		/* who was called may not have said it: the answer tells */
		if (from == SIDE_SERVER && !data_spoke(s->tie, SIDE_CLIENT))
			return hold(s, from, bytes, at);
		session_data_end(s, at);
		break;
	case DATA_LOOKS_LIKE_TALK:
		break;
	}
	return be_conversation(s);
}

enum session_data
session_data_gap(struct session *s, enum side from, uint64_t count, const struct frame_ref *at)
{
	if (data_lose(s->tie, from) == DATA_LOOKS_LIKE_TALK)
		return be_conversation(s);
	conversation_gap(s->talk, from, count, at);
	session_account(s);
	return SESSION_DATA_HELD;
}
