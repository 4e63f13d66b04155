/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "player.h"

#include <stdlib.h>
#include <string.h>

#include "session/conversation.h"

enum {
	STEP_NS = 5 * 1000 * 1000,	/* between two segments */
	PIECE_NS = 10 * 1000,		/* between its pieces: the longest stays one flight */
};

struct player {
	const struct row *row;
	struct conversation talk;
	struct flow flow;
	struct frame_ref at;
	struct span last[2];	/* what each side said last, for conflicts */
	bool more;		/* the conversation wants more */
	uint64_t unheard;	/* bytes of the side that the tap does not hear */
	enum side reset_from;	/* who is said to have sent a reset, once flow.end says so */
	struct frame_ref reset;
};

static void
packet(struct player *p, enum side from, size_t payload_bytes)
{
	p->at.number++;
	p->at.at_ns += PIECE_NS;
	p->flow.last = p->at;
	p->flow.packets[from]++;
	p->flow.payload_bytes[from] += payload_bytes;
}

/* Documentation addresses (RFC 5737): judged like any public ones. */
static void
start(struct player *p, const struct row *row)
{
	static const struct address client = { 4, { 198, 51, 100, 7 } },
	    server = { 4, { 192, 0, 2, 25 } };
	struct flow *f = &p->flow;

	memset(p, 0, sizeof(*p));
	p->row = row;
	p->more = true;
	p->at = (struct frame_ref){ .at_ns = INT64_C(1700000000000000000), .number = 1 };
	f->tuple.addr[SIDE_CLIENT] = client;
	f->tuple.addr[SIDE_SERVER] = server;
	f->tuple.port[SIDE_CLIENT] = 40000;
	f->tuple.port[SIDE_SERVER] = row->port;
	f->id = 1;
	f->first = p->at;
	f->phase = FLOW_ESTABLISHED;
	f->handshake = !row->mid_stream && !row->one_way;
	if (f->handshake) {
		packet(p, SIDE_CLIENT, 0);
		packet(p, SIDE_SERVER, 0);
		packet(p, SIDE_CLIENT, 0);
	}
	conversation_start(&p->talk, f);
}

static void
say(struct player *p, enum side from, struct span bytes)
{
	uint8_t *copy;

	if (bytes.n == 0)
		return;
	packet(p, from, bytes.n);
	if (p->flow.end == FLOW_RST && p->reset_from == from) {
		p->flow.end = FLOW_OPEN;
		p->flow.reset_by[from] = false;
		conversation_outlived(&p->talk, from, &p->reset);
	}
	if (!p->more)
		return;
	copy = malloc(bytes.n);
	if (copy == NULL)
		abort();
	memcpy(copy, bytes.p, bytes.n);
	p->more = conversation_bytes(&p->talk, from, span_of(copy, bytes.n), &p->at);
	free(copy);
}

static void
say_segment(struct player *p, const struct step *step, const struct play *play, bool cut_here)
{
	struct span bytes = buffer_span(&step->bytes[play->style == PLAY_LOOSE]);
	size_t piece = bytes.n;

	p->last[step->from] = bytes;
	if (play->style == PLAY_BYTES)
		piece = 1;
	else if (cut_here)
		piece = play->offset;
	while (bytes.n > 0) {
		say(p, step->from, span_head(bytes, piece));
		bytes = span_tail(bytes, piece);
		if (play->style == PLAY_CUT)
			piece = bytes.n;
	}
}

static void
lose(struct player *p, enum side from, uint64_t count)
{
	p->at.at_ns += PIECE_NS;
	p->flow.gap_bytes[from] += count;
	if (p->more)
		p->more = conversation_gap(&p->talk, from, count, &p->at);
}

/*
 * Of a side that is not heard, what it said is known as soon as the other one
 * has acknowledged it: as a gap. Is there no more to do for this step?
 */
static bool
is_unheard(struct player *p, const struct step *step, const struct play *play)
{
	const struct row *row = p->row;
	const uint64_t lost = p->unheard;

	if (!row->one_way || step->kind == STEP_WAIT || step->kind == STEP_IDLE ||
	    step->kind == STEP_CUT_OFF)
		return false;
	if (step->from != row->heard) {
		p->unheard += step->bytes[play->style == PLAY_LOOSE].n;
		return true;
	}
	p->unheard = 0;
	if (lost > 0)
		lose(p, side_other(row->heard), lost);
	return false;
}

static void
play_step(struct player *p, const struct step *step, const struct play *play, bool cut_here)
{
	struct flow *f = &p->flow;
	const struct stranger stranger = { .at = p->at, .ttl = 51, .usual_ttl = 64,
		.other_ttl = true };
	struct observation unused;

	p->at.at_ns += STEP_NS;
	if (is_unheard(p, step, play))
		return;
	switch (step->kind) {
	case STEP_BYTES:
		say_segment(p, step, play, cut_here);
		break;
	case STEP_CONFLICT:
		packet(p, step->from, 0);
		conversation_conflict(&p->talk, step->from, p->last[step->from],
		    buffer_span(&step->bytes[LINE_CRLF]), &p->at);
		break;
	case STEP_STRANGER:
		conversation_stranger(&p->talk, step->from, &stranger, step->count > 0);
		break;
	case STEP_GAP:
		lose(p, step->from, step->count);
		break;
	case STEP_WAIT:
		p->at.at_ns += step->wait_ns;
		break;
	case STEP_FIN:
		packet(p, step->from, 0);
		f->fin_by[step->from] = f->left_by[step->from] = true;
		break;
	case STEP_RST:
		packet(p, step->from, 0);
		f->reset_by[step->from] = true;
		f->end = FLOW_RST;
		p->reset_from = step->from;
		p->reset = p->at;
		conversation_if_ended(&p->talk, &p->at, &unused);
		break;
	case STEP_IDLE:
		f->end = FLOW_IDLE;
		f->silent_ns = 2 * FLOW_COMMAND_NS;
		break;
	case STEP_CUT_OFF:
		f->end = FLOW_INPUT_END;
		f->silent_ns = p->at.at_ns - f->last.at_ns;
		break;
	}
}

void
play_row(const struct row *row, const struct play *play, struct observation *seen_r)
{
	struct player p;

	start(&p, row);
	p.talk.redaction.masked = play->masked;
	for (size_t i = 0; i < row->step_count; i++) {
		play_step(&p, &row->steps[i], play, i == play->step && play->style == PLAY_CUT);
		if (conversation_take_news(&p.talk))
			conversation_snapshot(&p.talk, seen_r);
	}
	p.flow.phase = FLOW_CLOSED;
	if (p.flow.end == FLOW_OPEN)
		p.flow.end = FLOW_FIN;
	conversation_end(&p.talk, &p.at);
	conversation_snapshot(&p.talk, seen_r);
	conversation_free(&p.talk);
}
