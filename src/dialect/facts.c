/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/facts.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "dialect/host.h"
#include "dialect/quote.h"

/* Does its dialect quote what servers say? */
static bool
quotes(const struct facts *f)
{
	return (f->seen->traits & TRAIT_OWN_WORDS) == 0;
}

/* The one place where wire bytes become text that is kept: before a client spoke it is all told. */
static void
tell(const struct facts *f, char *dst_r, size_t size, struct span wire)
{
	if (!f->guarded)
		text_escape(dst_r, size, wire);
	else if (!quotes(f))
		quote_own_words(dst_r, size, wire);
	else
		quote_escape(dst_r, size, wire, f->from == SIDE_SERVER ? &f->typed : NULL);
}

/* After a login much is lawful that contradicts itself before, and one may have come unseen. */
static bool
proves_nothing(const struct facts *f, enum mark_kind kind)
{
	return kind == MARK_CONTRADICTION && facts_may_be_text(f);
}

static void
set_place(const struct facts *f, struct mark *mark)
{
	mark->from = (uint8_t)f->from;
	mark->ref = f->at;
}

/* NULL when there is one already, or no room. */
static struct mark *
new_mark(struct facts *f, enum mark_kind kind)
{
	struct observation *o = f->seen;
	struct mark *mark;

	if (observation_has(o, kind) || proves_nothing(f, kind))
		return NULL;
	o->marked |= UINT64_C(1) << kind;
	mark = marks_add(&f->marks, o->mark_count);
	if (mark == NULL)
		return NULL;
	o->mark_count++;
	mark->kind = (uint8_t)kind;
	set_place(f, mark);
	return mark;
}

void
facts_mark(struct facts *f, enum mark_kind kind, struct span excerpt)
{
	struct mark *mark = new_mark(f, kind);

	if (mark != NULL)
		tell(f, mark->text, sizeof(mark->text), excerpt);
}

void
facts_note(struct facts *f, enum mark_kind kind, const char *words)
{
	struct mark *mark = new_mark(f, kind);

	if (mark != NULL)
		text_copy(mark->text, sizeof(mark->text), words);
}

void
facts_note_of(struct facts *f, enum mark_kind kind, enum side from, const struct frame_ref *at,
    const char *words)
{
	const struct frame_ref now = f->at;
	const enum side speaker = f->from;

	f->at = *at;
	f->from = from;
	facts_note(f, kind, words);
	f->at = now;
	f->from = speaker;
}

void
facts_note_anew(struct facts *f, enum mark_kind kind, const char *words)
{
	for (unsigned i = 0; i < f->seen->mark_count; i++) {
		struct mark *mark = &f->marks.all[i];

		if (mark->kind != kind)
			continue;
		set_place(f, mark);
		text_copy(mark->text, sizeof(mark->text), words);
	}
	facts_note(f, kind, words);
}

void
facts_unmark(struct facts *f, enum mark_kind kind)
{
	struct observation *o = f->seen;
	unsigned kept = 0;

	if (!observation_has(o, kind))
		return;
	o->marked &= ~(UINT64_C(1) << kind);
	for (unsigned i = 0; i < o->mark_count; i++) {
		if (f->marks.all[i].kind != kind)
			f->marks.all[kept++] = f->marks.all[i];
	}
	o->mark_count = (uint8_t)kept;
}

void
facts_remark(struct facts *f, enum mark_kind kind, enum mark_kind other)
{
	struct observation *o = f->seen;

	if (observation_has(o, other)) {
		facts_unmark(f, kind);
		return;
	}
	for (unsigned i = 0; i < o->mark_count; i++) {
		if (f->marks.all[i].kind == kind)
			f->marks.all[i].kind = (uint8_t)other;
	}
	o->marked = (o->marked & ~(UINT64_C(1) << kind)) | UINT64_C(1) << other;
}

void
facts_said(struct facts *f, struct span safe)
{
	keep_set(&f->said, safe);
}

void
facts_typed(struct facts *f, struct span unit)
{
	if (quotes(f) && typed_count(&f->typed, unit.n))
		typed_add(&f->typed, unit, keep_span(&f->said));
}

void
facts_half_typed(struct facts *f, struct span unit)
{
	/* it is counted when it is whole, for the server may speak often until then */
	if (quotes(f))
		typed_add(&f->typed, span_head(unit, TYPED_READ_MAX), span_text(""));
	f->typed.anything = f->typed.anything || (quotes(f) && unit.n > TYPED_READ_MAX);
}

void
facts_typed_argument(struct facts *f, const struct keep *argument)
{
	typed_add(&f->typed, keep_span(argument), span_text(""));
	f->typed.anything = f->typed.anything || argument->n == KEEP_BYTES;
}

void
facts_carries(struct facts *f, struct span tls)
{
	f->unit = UNIT_CARRIER;
	f->carried = tls;
}

void
facts_server_name(struct facts *f, struct span name)
{
	/* what only a host can be called is no secret, even if it is an echo */
	if (f->guarded)
		name = host_in(name);
	if (f->seen->server_name[0] == '\0')
		text_escape(f->seen->server_name, sizeof(f->seen->server_name), name);
}

void
facts_client_name(struct facts *f, struct span name)
{
	static const struct hash_key fixed = { { 0x636c69656e74206e, 0x616d652068617368 } };

	f->seen->client_name_hash = hash_bytes(&fixed, name.p, name.n);
}

void
facts_listing(struct facts *f, bool offer, struct span excerpt)
{
	struct observation *o = f->seen;

	if (o->authenticated) {
		if (offer && (o->traits & TRAIT_OFFER_ENDS) != 0 && !facts_may_be_text(f))
			facts_mark(f, MARK_OFFER_AFTER_LOGIN, excerpt);
		return;
	}
	/* a login that nobody saw ends the offer, and what is demanded with it */
	if (facts_may_be_text(f) && !offer)
		return;
	/* nor is one behind it an offer, and before it there was none */
	f->offer_unsure = f->offer_unsure || (facts_may_be_text(f) &&
	    o->offered == FACT_FALSE && (o->traits & TRAIT_OPTIONAL) == 0);
	if (f->offer_unsure) {
		o->offered = FACT_UNKNOWN;
		return;
	}
	o->listing_complete = o->listing_complete || !facts_may_be_text(f);
	if (offer) {
		o->offered = FACT_TRUE;
		if (o->upgrade == UPGRADE_UNOFFERED)
			o->upgrade = UPGRADE_OFFERED;
		f->offer_stands = true;
		facts_mark(f, MARK_LISTING, excerpt);
		return;
	}
	if (f->offer_stands && (o->traits & TRAIT_OFFER_STANDS) != 0) {
		facts_mark(f, MARK_OFFER_WITHDRAWN, excerpt);
		f->news = true;
	}
	if (o->offered == FACT_UNKNOWN)
		o->offered = FACT_FALSE;
	facts_mark(f, MARK_LISTING_LACKS, excerpt);
}

void
facts_listing_reset(struct facts *f)
{
	f->offer_stands = false;
}

void
facts_request(struct facts *f, struct span excerpt)
{
	f->moved |= f->seen->upgrade == UPGRADE_REFUSED;
	f->seen->requested = FACT_TRUE;
	f->seen->upgrade = UPGRADE_ASKED;
	/* a refusal stays what was said last, until something else is */
	if (f->seen->accepted != FACT_FALSE)
		f->seen->answer = ANSWER_NONE;
	f->asked = f->awaited = true;
	f->answered = false;
	facts_mark(f, MARK_REQUEST, excerpt);
}

static void
mark_answer(struct facts *f, enum answer answer, struct span reply)
{
	switch (answer) {
	case ANSWER_GRANTED:
		facts_mark(f, MARK_ACCEPTED, reply);
		break;
	case ANSWER_TEMPORARY:
		facts_mark(f, MARK_REFUSED_TEMPORARY, reply);
		break;
	case ANSWER_PERMANENT:
	case ANSWER_LAWFUL:
		facts_mark(f, MARK_REFUSED_PERMANENT, reply);
		break;
	case ANSWER_CLOSING:
		facts_mark(f, MARK_REFUSED_CLOSING, reply);
		break;
	case ANSWER_INVALID:
	case ANSWER_ERROR:
		if (facts_may_be_text(f))
			break;
		facts_mark(f, MARK_REPLY_INVALID, reply);
		f->news = true;
		break;
	case ANSWER_NOT_COMING:
		facts_mark(f, MARK_UNANSWERED, reply);
		break;
	case ANSWER_NONE:
		break;
	}
}

void
facts_answer(struct facts *f, enum answer answer, struct span reply)
{
	struct observation *o = f->seen;

	/* the server's own farewell, to whoever gave up waiting for an answer */
	if (f->client_left && (answer == ANSWER_INVALID || answer == ANSWER_CLOSING))
		answer = ANSWER_NOT_COMING;
	/* behind a login that came before the capture began a refusal is lawful */
	if (!f->from_start && (answer == ANSWER_TEMPORARY || answer == ANSWER_PERMANENT))
		answer = ANSWER_LAWFUL;
	f->answered = true;
	/* TLS was the answer; this is about what came of it */
	if (o->accepted == FACT_TRUE && o->answer == ANSWER_NONE && !f->awaited &&
	    answer != ANSWER_GRANTED)
		return;
	mark_answer(f, answer, reply);
	/* what is exposed now is exposed while asked; and an earlier refusal stays */
	if (answer == ANSWER_NOT_COMING && o->accepted == FACT_FALSE)
		return;
	o->answer = answer;
	if (answer == ANSWER_NOT_COMING)
		return;
	f->awaited = f->may_ask_again = false;
	f->moved |= answer != ANSWER_GRANTED;
	o->accepted = fact_of(answer == ANSWER_GRANTED);
	o->upgrade = answer == ANSWER_GRANTED ? UPGRADE_ACCEPTED : UPGRADE_REFUSED;
	tell(f, o->reply, sizeof(o->reply), reply);
}

void
facts_demand(struct facts *f, unsigned operations, struct span excerpt)
{
	f->demanded |= (uint8_t)operations;
	facts_mark(f, MARK_DEMAND, excerpt);
}

void
facts_data_at(struct facts *f, const struct data_place *place)
{
	if (place->port != 0)
		f->data_place = *place;
}

void
facts_data_clear(struct facts *f, bool is_chosen)
{
	f->data_chosen_clear = is_chosen;
	if (is_chosen)
		facts_note(f, MARK_DATA_CHOSEN_CLEAR, "data in clear was granted");
}

void
facts_demand_listed(struct facts *f)
{
	f->seen->listing_demands = true;
}

void
facts_mechanisms(struct facts *f, uint8_t mechanisms)
{
	if (f->seen->authenticated || facts_may_be_text(f))
		return;
	f->seen->mechanisms_known = true;
	f->seen->mechanisms = mechanisms;
}

void
facts_done(struct facts *f)
{
	f->done = true;
}

void
facts_tunnel(struct facts *f, uint64_t to, uint16_t port)
{
	f->tunnel = true;
	f->tunnel_to = to;
	f->tunnel_port = port;
}

void
facts_lost_sync(struct facts *f)
{
	f->seen->lost_sync = f->seen->client_lost = true;
}

void
facts_lost_side(struct facts *f, enum side side)
{
	f->seen->lost_sync = true;
	f->seen->client_lost = f->seen->client_lost || side == SIDE_CLIENT;
}
