/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/evidence_clerk.h"

#include <string.h>

#include "run/channel.h"
#include "run/evidence_piece.h"

enum { PATIENCE_MS = 100 };	/* with a writer: events come first */

static bool
was_asked(const struct evidence_clerk *k, uint64_t flow_id, size_t interface)
{
	const size_t n = k->asked_count < EVIDENCE_ASKED_MAX ? k->asked_count : EVIDENCE_ASKED_MAX;

	for (size_t i = 0; i < n; i++) {
		if (k->asked[i].flow_id == flow_id && k->asked[i].interface == interface)
			return true;
	}
	return false;
}

/* Which of the workers of its interface has it nobody knows; the others have nothing to say. */
static void
ask(struct evidence_clerk *k, uint64_t flow_id, uint32_t interface)
{
	const struct evidence_question question = { .flow_id = flow_id };
	const struct sensor *s = k->sensor;

	if (flow_id == 0 || was_asked(k, flow_id, interface))
		return;
	if (k->workers_gone) {
		k->not_asked++;
		return;
	}
	k->asked[k->asked_count++ % EVIDENCE_ASKED_MAX] = (struct asked){ flow_id, interface };
	for (size_t i = 0; i < s->slots; i++) {
		if (sensor_interface(s, i) == interface)
			k->not_asked += channel_send(s->worker[i].up, MESSAGE_ASK,
			    span_of(&question, sizeof(question))) != CHANNEL_SENT;
	}
}

static void
take_session(void *ctx, const struct record *record)
{
	struct evidence_clerk *k = ctx;

	k->next.session(k->next.ctx, record);
}

static void
take_alert(void *ctx, const struct alert *alert)
{
	const struct record *record = alert->record;
	struct evidence_clerk *k = ctx;

	k->next.alert(k->next.ctx, alert);
	if (alert_closes_window(alert))
		return;
	ask(k, record->seen.flow.id, record->seen.at.source);
	ask(k, record->verdict.related, record->seen.at.source);
}

struct judge_listener
evidence_clerk_listener(struct evidence_clerk *k, const struct sensor *sensor,
    const struct judge_listener *next)
{
	k->sensor = sensor;
	k->next = *next;
	return (struct judge_listener){ k, take_session, take_alert };
}

const char *
evidence_clerk_take(struct evidence_clerk *k, size_t interface, struct span body)
{
	struct evidence_piece piece;
	size_t bytes;

	if (body.n <= sizeof(piece) || k->sensor == NULL)
		return "evidence";
	memcpy(&piece, body.p, sizeof(piece));
	bytes = body.n - sizeof(piece);
	if (bytes > EVIDENCE_PIECE_BYTES || piece.total > EVIDENCE_FILE_MAX ||
	    piece.offset > piece.total || bytes > piece.total - piece.offset)
		return "evidence";
	/* it may have been asked before we were */
	if (!was_asked(k, piece.flow_id, interface)) {
		k->not_passed++;
		return NULL;
	}
	k->not_passed += channel_send_patiently(k->sensor->writer.down, MESSAGE_EVIDENCE, body,
	    PATIENCE_MS) != CHANNEL_SENT;
	return NULL;
}

void
evidence_clerk_counters(const struct evidence_clerk *k, counter_visit *visit, void *ctx)
{
	if (k->sensor == NULL)
		return;
	visit(ctx, "evidence.not_asked", k->not_asked);
	visit(ctx, "evidence.not_passed", k->not_passed);
}
