/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/outputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { BATCH_BYTES = 64 * 1024 };

struct outputs {
	struct outputs_settings set;
	size_t count;
	struct output_spec specs[OUTPUTS_MAX];
	struct delivery *deliveries[OUTPUTS_MAX];
};

static bool
is_file(const struct output_spec *spec)
{
	return spec->delivery.sink.kind == SINK_FILE || spec->delivery.sink.kind == SINK_STANDARD;
}

static int64_t
patience_ns(const struct output_spec *spec)
{
	return spec->patience_s * CLOCK_SECOND_NS;
}

int
outputs_name(struct output_spec *specs, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		struct output_spec *spec = &specs[i];

		if (spec->name[0] == '\0' && i == 0)
			snprintf(spec->name, sizeof(spec->name), "output");
		else if (spec->name[0] == '\0')
			snprintf(spec->name, sizeof(spec->name), "output%zu", i + 1);
		for (size_t other = 0; other < i; other++) {
			if (strcmp(specs[other].name, spec->name) == 0)
				return err_set(e, "two outputs are called %s", spec->name);
		}
	}
	return 0;
}

/*
 * Say what an output has to tell. That its reader went away, who reads files is not told: it is
 * what "head" does. Of a sensor nobody would notice.
 */
static void
pass_news(struct outputs *o, size_t i)
{
	struct err news;

	const bool leaver = o->set.patient && sink_reader_gone(delivery_sink(o->deliveries[i]));

	if (delivery_tell(o->deliveries[i], &news) && o->set.say != NULL && !leaver)
		o->set.say(o->set.say_ctx, &news);
}

static void
work_one(struct outputs *o, size_t i, const struct moment *now)
{
	delivery_work(o->deliveries[i], now);
	pass_news(o, i);
}

/* Text for a person who watches, JSON for everything else. */
enum format
outputs_fit(const struct output_spec *spec, enum format format, bool terminal)
{
	const char *no_colour = getenv("NO_COLOR");

	if (spec->format != FORMAT_DEFAULT)
		format = spec->format;
	if (format == FORMAT_DEFAULT)
		format = terminal ? FORMAT_TEXT : FORMAT_EVE;
	if (format == FORMAT_TEXT && !is_file(spec))
		format = FORMAT_EVE;
	/* https://no-color.org: present and not empty */
	if (format == FORMAT_TEXT && terminal && (no_colour == NULL || no_colour[0] == '\0'))
		format = FORMAT_COLOUR;
	return format;
}

static int
open_one(struct outputs *o, size_t i, struct err *e)
{
	struct output_spec *spec = &o->specs[i];
	struct delivery_settings *d = &spec->delivery;
	struct moment now = moment_now();

	d->name = spec->name;
	d->host = o->set.host;
	d->sink.resumed = o->set.resumed;
	d->sink.patient = o->set.patient && is_file(spec);
	if (o->set.patient)
		d->give_up_ns = is_file(spec) ? 0 : patience_ns(spec);
	o->deliveries[i] = delivery_new(d, e);
	if (o->deliveries[i] == NULL)
		return -1;
	if (is_file(spec))
		delivery_work(o->deliveries[i], &now);
	/* what cannot even be opened is a mistake, if somebody is there to mend it */
	if (o->set.patient && delivery_gave_up(o->deliveries[i], e))
		return -1;
	if (!o->set.fitted)
		spec->format = outputs_fit(spec, o->set.format,
		    sink_is_terminal(delivery_sink(o->deliveries[i])));
	pass_news(o, i);
	return 0;
}

struct outputs *
outputs_open(struct output_spec *specs, size_t count, const struct outputs_settings *settings,
    struct err *e)
{
	struct outputs *o = calloc(1, sizeof(*o));

	if (o == NULL || count > OUTPUTS_MAX) {
		for (size_t i = 0; i < count; i++)
			output_spec_release(&specs[i]);
		free(o);
		err_set(e, "output: at most %d at once", OUTPUTS_MAX);
		return NULL;
	}
	o->set = *settings;
	o->count = count;
	memcpy(o->specs, specs, count * sizeof(*specs));
	if (outputs_name(o->specs, count, e) < 0) {
		outputs_free(&o);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (open_one(o, i, e) < 0) {
			outputs_free(&o);
			return NULL;
		}
	}
	return o;
}

unsigned
outputs_formats(const struct outputs *o)
{
	unsigned formats = 0;

	for (size_t i = 0; i < o->count; i++)
		formats |= 1U << o->specs[i].format;
	return formats;
}

size_t
outputs_poll(const struct outputs *o, const struct moment *now,
    struct pollfd fds_r[OUTPUTS_MAX], int *timeout_ms_r)
{
	int64_t until_ns, first_ns = INT64_MAX, left_ms;
	size_t n = 0;

	for (size_t i = 0; i < o->count; i++) {
		short events;
		int fd = delivery_poll(o->deliveries[i], now, &events, &until_ns);

		if (fd >= 0)
			fds_r[n++] = (struct pollfd){ .fd = fd, .events = events };
		if (until_ns < first_ns)
			first_ns = until_ns;
	}
	*timeout_ms_r = -1;
	if (first_ns != INT64_MAX) {
		left_ms = (first_ns - now->steady_ns + 999999) / 1000000;
		*timeout_ms_r = left_ms < 0 ? 0 : left_ms > 60000 ? 60000 : (int)left_ms;
	}
	return n;
}

void
outputs_work(struct outputs *o, const struct moment *now)
{
	for (size_t i = 0; i < o->count; i++)
		work_one(o, i, now);
}

/* One turn of a loop of our own, of at most so many milliseconds. */
static void
turn(struct outputs *o, int limit_ms)
{
	struct pollfd fds[OUTPUTS_MAX];
	struct moment now = moment_now();
	int timeout_ms;
	size_t n = outputs_poll(o, &now, fds, &timeout_ms);

	if (timeout_ms < 0 || timeout_ms > limit_ms)
		timeout_ms = limit_ms;
	(void)poll(fds, n, timeout_ms);
	now = moment_now();
	outputs_work(o, &now);
}

/* Somebody waits for this one; it is given up when it has not moved for too long. */
static void
turn_for(struct outputs *o, size_t i, int limit_ms)
{
	const struct output_spec *spec = &o->specs[i];

	turn(o, limit_ms);
	if (o->set.patient && !is_file(spec) &&
	    delivery_abandon(o->deliveries[i], moment_now().steady_ns - patience_ns(spec)))
		pass_news(o, i);
}

void
outputs_wait(struct outputs *o, int limit_ms)
{
	enum { TURN_MS = 1000 };
	struct moment now = moment_now();
	int64_t end_ns = limit_ms < 0 ? INT64_MAX : now.steady_ns + (int64_t)limit_ms * 1000000;

	outputs_work(o, &now);
	for (size_t i = 0; i < o->count; i++) {
		while (!delivery_is_idle(o->deliveries[i])) {
			int64_t left_ms = (end_ns - moment_now().steady_ns) / 1000000;

			if (left_ms <= 0)
				return;
			turn_for(o, i, left_ms < TURN_MS ? (int)left_ms : TURN_MS);
		}
	}
}

void
outputs_take_one(struct outputs *o, size_t i, const struct event_line *line)
{
	enum { TURN_MS = 100 };
	struct delivery *d = o->deliveries[i];
	struct moment now;

	while (o->set.patient && delivery_is_full(d, line) && !delivery_is_idle(d))
		turn_for(o, i, TURN_MS);
	(void)delivery_put(d, line);
	if (o->set.live || delivery_queued_bytes(d) >= BATCH_BYTES) {
		now = moment_now();
		work_one(o, i, &now);
	}
}

void
outputs_take(void *outputs, const struct event_line *line)
{
	struct outputs *o = outputs;

	for (size_t i = 0; i < o->count; i++) {
		if ((line->not_for >> i & 1) == 0 && output_spec_takes(&o->specs[i], line))
			outputs_take_one(o, i, line);
	}
}

void
outputs_oldest(const struct outputs *o, uint64_t next_number, uint64_t numbers_r[OUTPUTS_MAX])
{
	for (size_t i = 0; i < o->count; i++)
		numbers_r[i] = delivery_oldest(o->deliveries[i], next_number);
}

void
outputs_reopen(struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++)
		delivery_reopen(o->deliveries[i]);
}

static uint64_t
finish_one(struct outputs *o, size_t i)
{
	struct delivery *d = o->deliveries[i];
	uint64_t lost = delivery_dropped(d);
	struct err e;

	delivery_finish(d);
	lost = delivery_dropped(d) - lost;
	err_set(&e, "%s: %" PRIu64 " events that waited could not be written and are lost",
	    sink_label(delivery_sink(d)), lost);
	if (lost > 0 && !o->set.patient && o->set.say != NULL)
		o->set.say(o->set.say_ctx, &e);
	return lost;
}

uint64_t
outputs_finish(struct outputs *o)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < o->count; i++)
		lost += finish_one(o, i);
	return lost;
}

size_t
outputs_first_down(const struct outputs *o)
{
	size_t i = 0;

	while (i < o->count && !delivery_is_down(o->deliveries[i]))
		i++;
	return i;
}

void
outputs_counters(const struct outputs *o, counter_visit *visit, void *ctx)
{
	for (size_t i = 0; i < o->count; i++)
		delivery_counters(o->deliveries[i], visit, ctx);
}

bool
outputs_all_failed(const struct outputs *o)
{
	struct err unused;

	for (size_t i = 0; i < o->count; i++) {
		if (!delivery_gave_up(o->deliveries[i], &unused))
			return false;
	}
	return true;
}

bool
outputs_lost_some(const struct outputs *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (delivery_dropped(o->deliveries[i]) > 0 &&
		    !sink_reader_gone(delivery_sink(o->deliveries[i])))
			return true;
	}
	return false;
}

size_t
outputs_count(const struct outputs *o)
{
	return o->count;
}

const struct delivery *
outputs_at(const struct outputs *o, size_t index)
{
	return o->deliveries[index];
}

const struct output_spec *
outputs_spec(const struct outputs *o, size_t index)
{
	return &o->specs[index];
}

void
outputs_free(struct outputs **o)
{
	if (*o == NULL)
		return;
	for (size_t i = 0; i < (*o)->count; i++) {
		delivery_free(&(*o)->deliveries[i]);
		output_spec_release(&(*o)->specs[i]);
	}
	free(*o);
	*o = NULL;
}
