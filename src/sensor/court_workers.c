/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judge hears of workers, each of which may be in somebody else's hands. */
#include "sensor/court.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sensor/timer.h"
#include "words/observation_check.h"

enum { MESSAGES_OF_A_TURN = 64 };	/* of one worker, before the others are heard */

void
court_tell_supervisor(const struct court *c, enum message_kind kind, size_t slot, uint32_t sandbox)
{
	const struct sensor_note note = { .slot = (uint32_t)slot, .sandbox = sandbox };

	channel_send_patiently(c->sensor->supervisor.down, kind, span_of(&note, sizeof(note)),
	    COURT_PATIENCE_MS);
}

/* The worker that was there told no end: what it was following is lost. How much that was. */
static uint64_t
bury(struct slot *slot)
{
	const uint64_t lost = tally_value(&slot->now, "flow.active");

	tally_add(&slot->past, "sensor.sessions_lost", lost);
	tally_drop_levels(&slot->now);
	tally_merge(&slot->past, &slot->now);
	memset(&slot->now, 0, sizeof(slot->now));
	return lost;
}

static void
begin_anew(struct slot *slot)
{
	bury(slot);
	slot->silent = slot->distrusted = false;
}

unsigned
court_give_up_workers(struct court *c)
{
	char name[SENSOR_NAME_SIZE];
	unsigned given_up = 0;

	for (size_t i = 0; i < c->sensor->slots; i++) {
		if (c->slots[i].silent)
			continue;
		sensor_worker_name(c->sensor, i, name);
		log_warnx("%s has not ended in time: %" PRIu64 " connections that it followed "
		    "are lost", name, bury(&c->slots[i]));
		given_up++;
	}
	return given_up;
}

/* A worker sees one interface only, and cannot speak for another. */
static const char *
take_observation(struct court *c, size_t slot, struct span body)
{
	const size_t interface = sensor_interface(c->sensor, slot);
	struct observation seen;
	const char *wrong = observation_unpack(body, &seen);

	if (wrong == NULL && (seen.flow.tuple.tap != interface || seen.at.source != interface))
		wrong = "flow.tuple.tap";
	if (wrong == NULL) {
		sight_session(&c->sights[interface], &seen);
		judge_observe(c->judge, &seen);
	}
	return wrong;
}

/* NULL, or what is wrong with the message. */
static const char *
take_message(struct court *c, size_t slot, const struct message *m)
{
	static const char *const rooms[] = { "capture.", "decode.", "flow.", "stream.",
		"session.", "queue.", "evidence.", "memory.", NULL };
	struct sensor_note note;

	switch (m->kind) {
	case MESSAGE_OBSERVATION:
		return take_observation(c, slot, m->body);
	case MESSAGE_EVIDENCE:
		return evidence_clerk_take(&c->clerk, sensor_interface(c->sensor, slot), m->body);
	case MESSAGE_COUNTERS:
		return tally_read(&c->slots[slot].now, m->body, rooms) ? NULL : "counters";
	case MESSAGE_HELLO:
		if (m->body.n != sizeof(note))
			return "hello";
		memcpy(&note, m->body.p, sizeof(note));
		begin_anew(&c->slots[slot]);
		sight_joined(&c->sights[sensor_interface(c->sensor, slot)], timer_wall_ns());
		court_tell_supervisor(c, MESSAGE_HELLO, slot, note.sandbox);
		return NULL;
	case MESSAGE_END:
		tally_drop_levels(&c->slots[slot].now);
		c->slots[slot].silent = true;
		return NULL;
	default:
		return "kind";
	}
}

static void
replace(struct court *c, size_t slot, const char *why, const char *counter)
{
	char name[SENSOR_NAME_SIZE];

	c->slots[slot].distrusted = true;
	tally_add(&c->own, counter, 1);
	sensor_worker_name(c->sensor, slot, name);
	log_warnx("%s: %s; it is replaced", name, why);
	court_tell_supervisor(c, MESSAGE_REPLACE, slot, 0);
}

static void
distrust(struct court *c, size_t slot, const char *wrong)
{
	char why[80];

	snprintf(why, sizeof(why), "what it sends cannot be (%s)", wrong);
	replace(c, slot, why, "sensor.refused");
}

/* It reports every second: one that does not is caught in something. */
void
court_look_for_hung(struct court *c)
{
	const int64_t now_ns = timer_now_ns();
	const int64_t silence_ns = (int64_t)c->sensor->settings->replace_s * INT64_C(1000000000);

	for (size_t i = 0; i < c->sensor->slots; i++) {
		struct slot *slot = &c->slots[i];

		if (slot->heard_ns == 0)
			slot->heard_ns = now_ns;
		if (!slot->silent && !slot->distrusted && now_ns - slot->heard_ns > silence_ns)
			replace(c, i, "it has not been heard of for too long", "sensor.hung");
	}
}

/* Up to a turn of messages from one worker; how many there were. */
unsigned
court_hear_worker(struct court *c, size_t slot)
{
	const int fd = c->sensor->worker[slot].up;
	struct message m;
	unsigned n = 0;
	int got = 0;

	while (n < MESSAGES_OF_A_TURN && (got = channel_receive(fd, &c->room, &m)) > 0) {
		const char *wrong = NULL;

		n++;
		if (!c->slots[slot].distrusted || m.kind == MESSAGE_HELLO)
			wrong = take_message(c, slot, &m);
		if (wrong != NULL)
			distrust(c, slot, wrong);
	}
	if (n > 0)
		c->slots[slot].heard_ns = timer_now_ns();
	if (got == CHANNEL_NONSENSE && !c->slots[slot].distrusted)
		distrust(c, slot, "frame");
	/* the supervisor and the worker are no more */
	if (got == CHANNEL_CLOSED)
		c->slots[slot].silent = true;
	return got == CHANNEL_NONSENSE ? n + 1 : n;
}
