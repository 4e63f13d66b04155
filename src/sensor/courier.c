/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/courier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "run/channel.h"
#include "sensor/timer.h"
#include "sink/line_queue.h"

enum { PATIENCE_MS = 10000 };

void
courier_begin(struct courier *c, const struct sensor *sensor)
{
	/* greater than all of a judge before us, who cannot have sent one each nanosecond */
	*c = (struct courier){ .sensor = sensor, .number = (uint64_t)timer_now_ns() };
	c->resume_to = c->number;
}

static size_t
bytes_of(const struct parcel *p)
{
	return line_queue_bytes_of(&p->line);
}

static bool
is_sent(const struct courier *c, const struct parcel *p)
{
	return c->unsent == NULL || p->line.number < c->unsent->line.number;
}

static struct parcel *
behind(const struct parcel *p)
{
	return p->link.newer != NULL ? p->link.newer->owner : NULL;
}

/* Nobody can lose it any more, or it is lost. */
static void
forget(struct courier *c, struct parcel *p)
{
	for (size_t i = 0; i < OUTPUTS_MAX; i++) {
		if (c->unconfirmed[i] == p)
			c->unconfirmed[i] = behind(p);
	}
	if (c->unsent == p)
		c->unsent = behind(p);
	list_remove(&c->parcels, &p->link);
	free(p);
}

static void
let_go(struct courier *c, struct parcel *p, size_t output)
{
	if ((p->outputs >> output & 1) == 0)
		return;
	p->outputs &= ~(1U << output);
	c->bytes[output] -= bytes_of(p);
}

/* The first of a series is told: it ends when the writer has taken all there is. */
static void
count_dropped(struct courier *c)
{
	if (!c->drops_told)
		log_warnx("events are dropped: the writer is not there, or slow, and too many "
		    "wait for it");
	c->drops_told = true;
	c->dropped++;
}

/* Nobody will ever take it. */
static void
drop(struct courier *c, struct parcel *p)
{
	for (size_t i = 0; i < OUTPUTS_MAX; i++)
		let_go(c, p, i);
	count_dropped(c);
}

static enum channel_sent
send_parcel(const struct courier *c, const struct parcel *p, int patience_ms)
{
	uint8_t body[CHANNEL_BODY_MAX];
	const size_t n = sizeof(p->line) + p->line.text.n;

	if (n > sizeof(body))
		return CHANNEL_TOO_LARGE;
	memcpy(body, &p->line, sizeof(p->line));
	memcpy(body + sizeof(p->line), p->text, p->line.text.n);
	return channel_send_patiently(c->sensor->writer.down, MESSAGE_EVENT, span_of(body, n),
	    patience_ms);
}

/* Is there nothing left of what a new writer waits for? Then it may know. */
static bool
end_resumption(struct courier *c)
{
	if (c->resume_to == 0 || (c->unsent != NULL && c->unsent->line.number <= c->resume_to))
		return true;
	if (channel_send(c->sensor->writer.down, MESSAGE_HELLO,
	    span_of(&c->resumer, sizeof(c->resumer))) == CHANNEL_FULL)
		return false;
	c->resume_to = 0;
	return true;
}

bool
courier_work(struct courier *c, int patience_ms)
{
	bool room = true;

	while (c->unsent != NULL && (room = end_resumption(c))) {
		struct parcel *p = c->unsent;
		enum channel_sent sent = send_parcel(c, p, patience_ms);

		room = sent != CHANNEL_FULL;
		if (!room)
			break;
		if (sent != CHANNEL_SENT)
			drop(c, p);
		c->unsent = behind(p);
		if (p->outputs == 0)
			forget(c, p);
	}
	c->slow = !room || !end_resumption(c);
	c->drops_told = c->drops_told && c->unsent != NULL;
	return !c->slow;
}

bool
courier_waits(const struct courier *c)
{
	return c->unsent != NULL || c->resume_to != 0;
}

/* An output keeps no more than that, and leaves an eighth to alerts (sink/undelivered.c). */
static unsigned
keepers(struct courier *c, const struct event_line *line, unsigned outputs)
{
	const struct output_spec *specs = c->sensor->outputs.specs;
	unsigned kept = 0;

	for (size_t i = 0; i < c->sensor->outputs.count; i++) {
		size_t max = specs[i].delivery.queue_bytes;

		if (line->type != EVENT_ALERT)
			max -= max / 8;
		if ((outputs >> i & 1) == 0 || c->bytes[i] + line_queue_bytes_of(line) > max)
			continue;
		c->bytes[i] += line_queue_bytes_of(line);
		kept |= 1U << i;
	}
	return kept;
}

static unsigned
takers(const struct courier *c, const struct event_line *line)
{
	unsigned outputs = 0;

	for (size_t i = 0; i < c->sensor->outputs.count; i++)
		outputs |= (unsigned)output_spec_takes(&c->sensor->outputs.specs[i], line) << i;
	return outputs;
}

/* Behind the last; NULL when memory is short. */
static struct parcel *
add(struct courier *c, const struct event_line *line, unsigned outputs)
{
	struct parcel *p = malloc(sizeof(*p) + line->text.n);

	if (p == NULL)
		return NULL;
	*p = (struct parcel){ .line = *line, .outputs = keepers(c, line, outputs) };
	memcpy(p->text, line->text.p, line->text.n);
	p->line.text = span_of(p->text, line->text.n);
	p->line.number = ++c->number;
	list_add(&c->parcels, &p->link, p);
	if (c->unsent == NULL)
		c->unsent = p;
	for (size_t i = 0; i < c->sensor->outputs.count; i++) {
		if (c->unconfirmed[i] == NULL)
			c->unconfirmed[i] = p;
	}
	return p;
}

void
courier_take(void *courier, const struct event_line *line)
{
	struct courier *c = courier;
	const unsigned outputs = takers(c, line);
	struct parcel *p;
	bool kept;

	if (outputs == 0)
		return;
	p = add(c, line, outputs);
	if (p == NULL) {
		count_dropped(c);
		return;
	}
	kept = p->outputs != 0;
	courier_work(c, c->slow ? 0 : PATIENCE_MS);
	/* the last one of all is among those that are left */
	if (!kept && c->unsent != NULL) {
		drop(c, p);
		forget(c, p);
	}
}

/* A judge before us kept them for the writer that has died. */
static void
lose_orphans(struct courier *c)
{
	if (c->orphans > 0)
		log_warnx("%" PRIu64 " events that waited for outputs are lost: the judge that "
		    "had them was replaced, and now the writer", c->orphans);
	c->orphans_lost += c->orphans;
	c->dropped += c->orphans;
	c->orphans = 0;
}

/* What was never sent is for all who want it, also where there was no room to keep it. */
void
courier_hello(struct courier *c, struct span body)
{
	struct parcel *p;

	lose_orphans(c);
	for (p = list_oldest(&c->parcels); p != c->unsent; p = behind(p))
		p->line.not_for = ~p->outputs;
	c->unsent = list_oldest(&c->parcels);
	c->resume_to = c->number;
	c->resumer = 0;
	if (body.n == sizeof(c->resumer))
		memcpy(&c->resumer, body.p, sizeof(c->resumer));
	courier_work(c, 0);
}

/* Receipts grow, so each parcel is looked at once for each output, however many wait. */
static void
confirm(struct courier *c, size_t output, uint64_t first)
{
	struct parcel *p;

	while ((p = c->unconfirmed[output]) != NULL && is_sent(c, p) && p->line.number < first) {
		c->unconfirmed[output] = behind(p);
		let_go(c, p, output);
		if (p->outputs == 0)
			forget(c, p);
	}
}

void
courier_confirm(struct courier *c, struct span body)
{
	struct courier_receipt receipt;

	if (body.n != sizeof(receipt))
		return;
	memcpy(&receipt, body.p, sizeof(receipt));
	c->orphans = 0;
	for (size_t i = 0; i < c->sensor->outputs.count; i++) {
		c->orphans += receipt.orphans[i];
		confirm(c, i, receipt.first[i]);
	}
}

bool
courier_finish(struct courier *c, int patience_ms)
{
	const uint64_t before = c->dropped;
	uint64_t left = 0;

	courier_work(c, patience_ms);
	for (const struct parcel *p = c->unsent; p != NULL; p = behind(p))
		left++;
	left += c->dropped - before;
	if (left > 0)
		log_warnx("the writer does not take the last %" PRIu64 " events: they are lost",
		    left);
	return left == 0 && c->orphans_lost == 0;
}

uint64_t
courier_handed(const struct courier *c)
{
	uint64_t handed = c->orphans;

	for (const struct parcel *p = list_oldest(&c->parcels); p != NULL && p != c->unsent;
	    p = behind(p))
		handed++;
	return handed;
}
