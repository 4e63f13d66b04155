/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers, and handshakes, of which only what follows tells what came of them. */
#include "dialect/facts.h"

static void
doubt(struct facts *f, struct span reply)
{
	keep_set(&f->doubtful, reply);
	f->doubtful_at = f->at;
}

void
facts_answer_in_doubt(struct facts *f, struct span reply)
{
	doubt(f, reply);
	f->refusal_unsure = false;
	f->answered = true;
}

void
facts_refusal_in_doubt(struct facts *f)
{
	f->refusal_unsure = f->answered && f->seen->upgrade == UPGRADE_REFUSED;
}

void
facts_reply_after_refusal(struct facts *f, bool may_grant, struct span reply)
{
	if (!f->refusal_unsure || f->doubtful.n > 0)
		return;
	if (may_grant)
		doubt(f, reply);
	else
		f->refusal_unsure = false;
}

void
facts_doubt_ends(struct facts *f, bool tls_follows)
{
	struct frame_ref at = f->at;
	enum side from = f->from;
	bool stands = f->refusal_unsure && !tls_follows;

	if (f->doubtful.n == 0)
		return;
	f->refusal_unsure = false;
	if (!stands) {
		/* the reply is the evidence, not what followed it */
		f->at = f->doubtful_at;
		f->from = SIDE_SERVER;
		facts_answer(f, tls_follows ? ANSWER_GRANTED : ANSWER_INVALID,
		    keep_span(&f->doubtful));
		f->answered = false;
		f->at = at;
		f->from = from;
	}
	f->doubtful.n = 0;
}

void
facts_granted_by_tls(struct facts *f)
{
	if (f->seen->accepted == FACT_TRUE)
		return;
	f->awaited = false;
	f->seen->accepted = FACT_TRUE;
	f->seen->answer = ANSWER_NONE;
	f->seen->reply[0] = '\0';
}

void
facts_lost_behind_refusal(struct facts *f, enum side side, uint64_t count)
{
	enum { REQUEST_BYTES_MIN = 4 };

	f->may_ask_again |= side == SIDE_CLIENT && count >= REQUEST_BYTES_MIN &&
	    f->seen->upgrade == UPGRADE_REFUSED && !observation_has(f->seen, MARK_CLIENT_HELLO);
}

void
facts_end_answer(struct facts *f)
{
	struct observation *o = f->seen;
	/* a hello may follow a request that was lost, and its answer */
	const bool asked_again = f->may_ask_again && observation_has(o, MARK_CLIENT_HELLO);

	if (o->accepted != FACT_FALSE || !((f->awaited && f->answers_lost) || asked_again))
		return;
	o->accepted = FACT_UNKNOWN;
	o->answer = ANSWER_NONE;
	o->reply[0] = '\0';
}

void
facts_handshake_broke(struct facts *f, enum mark_kind how, const char *words)
{
	/* what is no hello may follow one that was lost */
	f->seen->established = how == MARK_TLS_GARBAGE && f->holed ? FACT_UNKNOWN : FACT_FALSE;
	f->seen->upgrade = UPGRADE_FAILED;
	f->moved = true;
	facts_note(f, how, words);
}
