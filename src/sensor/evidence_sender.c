/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/evidence_sender.h"

#include <stdlib.h>
#include <string.h>

#include "run/evidence_piece.h"

/* Packets must not wait for what is asked. */
enum { QUESTIONS_OF_A_TURN = 8, PIECES_OF_A_TURN = 4 };

bool
evidence_sender_hear(struct evidence_sender *s)
{
	struct evidence_question question;
	struct message m;
	bool any = false;

	for (int i = 0; i < QUESTIONS_OF_A_TURN && s->evidence != NULL &&
	    channel_receive(s->channel, &s->room, &m) == 1; i++) {
		if (m.kind != MESSAGE_ASK || m.body.n != sizeof(question))
			continue;
		memcpy(&question, m.body.p, sizeof(question));
		evidence_ask(s->evidence, question.flow_id);
		any = true;
	}
	return any;
}

/* False when nothing is due. */
static bool
begin_file(struct evidence_sender *s)
{
	while (s->file.n == 0) {
		s->flow_id = evidence_due(s->evidence);
		if (s->flow_id == 0)
			return false;
		s->file = evidence_write(s->evidence, s->flow_id);
		s->sent = 0;
	}
	return true;
}

static bool
send_piece(struct evidence_sender *s)
{
	const struct evidence_piece piece = { .flow_id = s->flow_id, .offset = (uint32_t)s->sent,
		.total = (uint32_t)s->file.n };
	struct span bytes = span_head(span_tail(s->file, s->sent), EVIDENCE_PIECE_BYTES);
	uint8_t body[sizeof(piece) + EVIDENCE_PIECE_BYTES];

	memcpy(body, &piece, sizeof(piece));
	memcpy(body + sizeof(piece), bytes.p, bytes.n);
	if (channel_send(s->channel, MESSAGE_EVIDENCE, span_of(body, sizeof(piece) + bytes.n)) !=
	    CHANNEL_SENT)
		return false;
	s->sent += bytes.n;
	return true;
}

static void
end_file(struct evidence_sender *s)
{
	free((void *)(uintptr_t)s->file.p);
	s->file = span_of(NULL, 0);
}

void
evidence_sender_work(struct evidence_sender *s)
{
	for (int i = 0; i < PIECES_OF_A_TURN && s->evidence != NULL && begin_file(s); i++) {
		if (!send_piece(s))
			return;
		if (s->sent == s->file.n)
			end_file(s);
	}
}

bool
evidence_sender_waits(const struct evidence_sender *s)
{
	return s->file.n > 0;
}
