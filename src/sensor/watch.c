/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/watch.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/live.h"
#include "run/channel.h"
#include "run/metrics_listen.h"
#include "run/port_filter.h"
#include "sensor/evidence_store.h"
#include "sensor/law_text.h"
#include "sensor/places.h"
#include "sensor/sensor.h"
#include "sensor/supervisor.h"

static void
describe_origin(struct sensor *s)
{
	const struct settings *settings = s->settings;
	const bool named = settings->interfaces.items[0].tap != NULL;

	if (gethostname(s->host, sizeof(s->host) - 1) < 0)
		s->host[0] = '\0';
	for (size_t i = 0; i < settings->interfaces.count; i++) {
		s->interface_names[i] = settings->interfaces.items[i].name;
		s->tap_names[i] = settings->interfaces.items[i].tap;
	}
	s->compare_taps = named && settings->interfaces.count > 1;
	s->origin = (struct origin){
		.host = s->host,
		.source_names = s->interface_names,
		.source_count = settings->interfaces.count,
		.tap_names = named ? s->tap_names : NULL,
		.tap_count = named ? settings->interfaces.count : 0,
		.live = true,
		.evidence = settings_keep_evidence(settings) ? EVIDENCE_FOLDER : NULL,
	};
}

/* As "read" takes them; but the judge renders, and has to know what the writer will want. */
static int
take_outputs(struct sensor *s, struct err *e)
{
	const struct read_settings like = { .common = s->settings };
	struct read_outputs *o = &s->outputs;

	if (read_outputs_take(o, &like, e) < 0)
		return -1;
	if (o->count == 0 && output_spec_parse(&o->specs[o->count++], NULL, e) < 0)
		return -1;
	if (outputs_name(o->specs, o->count, e) < 0)
		return -1;
	for (size_t i = 0; i < o->count; i++) {
		struct output_spec *spec = &o->specs[i];
		bool terminal = spec->delivery.sink.kind == SINK_STANDARD &&
		    isatty(STDOUT_FILENO) == 1;

		spec->format = outputs_fit(spec, o->format, terminal);
		s->formats |= 1u << spec->format;
	}
	return 0;
}

static int
take_settings(struct sensor *s, struct err *e)
{
	const struct settings *settings = s->settings;

	s->slots = settings->interfaces.count * settings->workers;
	if (s->slots > SENSOR_SLOTS_MAX) {
		err_set(e, "%zu workers for all interfaces are more than %d", s->slots,
		    (int)SENSOR_SLOTS_MAX);
		return settings_blame(settings, "workers", e);
	}
	describe_origin(s);
	if (ports_parse(&s->ports, settings->ports, e) < 0)
		return settings_blame(settings, "ports", e);
	if (take_outputs(s, e) < 0)
		return settings_blame(settings, "outputs", e);
	if ((settings->filter != NULL && settings_check_filter(settings->filter, e) < 0) ||
	    (s->filter = port_filter_new(&s->ports, settings->filter, e)) == NULL)
		return settings_blame(settings, "filter", e);
	if (settings->user == NULL || getpwnam(settings->user) != NULL)
		return 0;
	err_set(e, "%.60s: there is no such user", settings->user);
	return settings_blame(settings, "user", e);
}

static int
read_law(struct sensor *s, struct err *e)
{
	s->law = law_text_open(e);
	return s->law < 0 ? -1 : law_text_renew(s->law, s->settings, e);
}

/* Certificates and keys of one output are read; nothing is opened that events go to. */
static int
check_sink(const struct sink_settings *settings, struct err *e)
{
	struct sink *sink = sink_new(settings, e);
	const int result = sink != NULL ? sink_prepare(sink, e) : -1;

	sink_free(&sink);
	return result;
}

static bool
has_hidden_files(const struct sink_settings *settings)
{
	return places_is_hidden(settings->ca) || places_is_hidden(settings->cert) ||
	    places_is_hidden(settings->key);
}

/* What is hidden from us, and need not be from who watches, is no fault where we do not judge. */
static int
check_sinks(const struct sensor *s, bool judges, struct err *e)
{
	for (size_t i = 0; i < s->outputs.count; i++) {
		const struct sink_settings *one = &s->outputs.specs[i].delivery.sink;

		if ((judges || !has_hidden_files(one)) && check_sink(one, e) < 0)
			return settings_blame(s->settings, "outputs", e);
	}
	return 0;
}

static bool
is_law_hidden(const struct settings *s)
{
	bool hidden = places_is_hidden(s->policy);

	for (size_t i = 0; i < s->rules.count; i++)
		hidden |= places_is_hidden(s->rules.items[i]);
	return hidden;
}

/* In the order of watch_run(): what is read before and after it becomes somebody else. */
static int
check_all(struct sensor *s, bool judges, struct err *e)
{
	if (take_settings(s, e) < 0 || check_sinks(s, judges, e) < 0)
		return -1;
	if (judges && sandbox_become(s->settings->user, false, e) < 0)
		return settings_blame(s->settings, "user", e);
	if (judges && check_sinks(s, true, e) < 0)
		return -1;
	if ((judges || !is_law_hidden(s->settings)) && read_law(s, e) < 0)
		return -1;
	return places_check(s, judges, e);
}

int
watch_check(const struct settings *settings, struct err *e)
{
	struct sensor *s = calloc(1, sizeof(*s));
	int result;

	if (s == NULL)
		return err_set_errno(e, "watch");
	s->settings = settings;
	result = check_all(s, places_may_judge(settings), e);
	free(s->filter);
	read_outputs_release(&s->outputs);
	if (s->law > 0)
		close(s->law);
	free(s);
	return result;
}

static int
open_channel(struct channel *c, struct err *e)
{
	int ends[2];

	if (channel_pair(ends, e) < 0)
		return -1;
	*c = (struct channel){ .down = ends[0], .up = ends[1] };
	return 0;
}

static int
open_channels(struct sensor *s, struct err *e)
{
	for (size_t i = 0; i < s->slots; i++) {
		if (open_channel(&s->worker[i], e) < 0)
			return -1;
	}
	return open_channel(&s->writer, e) < 0 || open_channel(&s->supervisor, e) < 0 ? -1 : 0;
}

/* By who we have become: a port that is taken is told at the start, and outlives who serves it. */
static int
open_metrics(struct sensor *s, struct err *e)
{
	if (s->settings->metrics == NULL)
		return 0;
	if (open_channel(&s->metrics, e) < 0)
		return -1;
	s->listener = metrics_listen(s->settings->metrics, e);
	return s->listener >= 0 ? 0 : -1;
}

/* We ourselves, and so all who come from us. */
static int
become_lower(const struct sensor *s, struct err *e)
{
	if (sandbox_become(s->settings->user, true, e) < 0)
		return -1;
	return s->settings->sandbox && syscalls_forbid_programs(e) < 0 ? -1 : 0;
}

/* Groups are the whole network namespace's: another sensor must not share ours. */
static int
take_groups(struct sensor *s, struct err *e)
{
	const struct settings *settings = s->settings;

	for (size_t i = 0; i < settings->interfaces.count && settings->workers > 1; i++) {
		if (live_new_group(&s->fanout_groups[i], e) < 0)
			return -1;
	}
	return 0;
}

enum exit_status
watch_run(const struct settings *settings, struct err *e)
{
	struct sensor *s = calloc(1, sizeof(*s));
	enum exit_status status = EXIT_INTERNAL;

	if (s == NULL) {
		err_set_errno(e, "watch");
		return EXIT_INTERNAL;
	}
	log_never_wait();
	s->settings = settings;
	s->metrics = (struct channel){ -1, -1 };
	s->listener = s->law = -1;
	if (take_settings(s, e) < 0 || check_sinks(s, true, e) < 0)
		status = EXIT_USAGE;
	else if (open_channels(s, e) == 0 && become_lower(s, e) == 0 &&
	    take_groups(s, e) == 0 && open_metrics(s, e) == 0)
		status = read_law(s, e) == 0 ? supervisor_run(s, e) : EXIT_USAGE;
	free(s->filter);
	read_outputs_release(&s->outputs);
	free(s);
	return status;
}
