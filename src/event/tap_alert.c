/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/tap_alert.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/span.h"
#include "base/text.h"
#include "event/eve.h"
#include "event/json.h"
#include "words/technique.h"

enum { OVER_SEVERITY = 4 };

/* What begins, and the same when it is over. */
static const struct kind {
	const char *name;
	unsigned severity;
	struct {
		unsigned sid;
		const char *uuid, *title;
	} is[2];
	const char *benign;
} kinds[TAP_FAULTS] = {
	[TAP_QUIET] = { "quiet", 3, {
	    { 2001, "5e6975b8-dcfa-47e0-95e3-41d850950975", "Tap carries no traffic" },
	    { 2002, "0a71e8c4-00fd-4101-b900-ae59647b293a", "Tap carries traffic again" } },
	    "A small site at night" },
	[TAP_ONE_SIDED] = { "one-sided", 2, {
	    { 2003, "407d21c2-0ac4-4072-8bd3-c530b9312257", "Tap carries one direction only" },
	    { 2004, "f2b70b08-13cf-4cef-9795-46e9a5aa2fb5",
	      "Tap carries both directions again" } },
	    "Asymmetric routing: the other direction passes another tap" },
	[TAP_LOSSY] = { "lossy", 2, {
	    { 2005, "ebe6df78-adfa-4d73-bebd-c90ad5a52fd6",
	      "Tap loses too much to conclude anything from silence" },
	    { 2006, "8c609089-edbb-4913-8bc6-ce1ae00f8d52", "Tap is seen well again" } },
	    "A flood of packets that would not have been of interest" },
};

unsigned
tap_alert_sid(const struct tap_alert *alert)
{
	return kinds[alert->fault].is[alert->over].sid;
}

unsigned
tap_alert_severity(const struct tap_alert *alert)
{
	return alert->over ? OVER_SEVERITY : kinds[alert->fault].severity;
}

static void
put_figures(struct json_object *event, const struct tap_alert *alert)
{
	const struct tap_figures *f = &alert->figures;

	json_put_text(event, "sight.fault", kinds[alert->fault].name);
	json_put_text(event, "sight.state", alert->over ? "over" : "begun");
	json_put_number(event, "sight.seconds", alert->seconds);
	json_put_number(event, "sight.segments", f->segments);
	json_put_number(event, "sight.frames", f->frames);
	json_put_number(event, "sight.dropped", f->dropped);
	json_put_number(event, "sight.sessions", f->sessions);
	json_put_number(event, "sight.one_sided", f->one_sided);
	json_put_number(event, "sight.holed", f->holed);
	json_put_number(event, "sight.headless", f->headless);
}

static void
put_list(struct json_object *event, const char *name, const char *only)
{
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, json_object_new_string(only));
	json_put(event, name, list);
}

struct json_object *
tap_alert_eve(const struct tap_alert *alert, const struct origin *origin)
{
	const struct kind *kind = &kinds[alert->fault];
	struct json_object *event = eve_of_source("alert", alert->source, alert->at_ns, origin);

	json_put_text(event, "alert.action", "allowed");
	json_put_number(event, "alert.gid", EVE_ALERT_GID);
	json_put_number(event, "alert.signature_id", tap_alert_sid(alert));
	json_put_number(event, "alert.rev", 1);
	json_put_text(event, "alert.signature", kind->is[alert->over].title);
	json_put_text(event, "alert.category", category_name(CATEGORY_POLICY));
	json_put_number(event, "alert.severity", tap_alert_severity(alert));
	put_list(event, "alert.metadata.rule", kind->is[alert->over].uuid);
	put_figures(event, alert);
	if (!alert->over)
		put_list(event, "benign", kind->benign);
	return event;
}

void
tap_alert_text(FILE *out, const struct tap_alert *alert, const struct origin *origin,
    bool colour)
{
	const struct kind *kind = &kinds[alert->fault];
	const struct tap_figures *f = &alert->figures;
	const char *interface = origin_source(origin, alert->source);
	const unsigned severity = tap_alert_severity(alert);
	char name[256], time[CLOCK_TEXT_SIZE];

	clock_format(alert->at_ns, time);
	text_show(name, sizeof(name), span_text(interface != NULL ? interface : ""));
	fprintf(out, "%s%-9s%s %s [%s, severity %u]\n", colour ? "\033[33m" : "",
	    severity == 2 ? "ALERT" : severity == 3 ? "notice" : "note",
	    colour ? "\033[0m" : "", kind->is[alert->over].title,
	    category_name(CATEGORY_POLICY), severity);
	fprintf(out, "%9s   %.10s %.8s  %s: in %" PRIu64 " s %" PRIu64 " TCP segments, %"
	    PRIu64 " frames, %" PRIu64 " dropped\n", "", time, time + 11, name, alert->seconds,
	    f->segments, f->frames, f->dropped);
	fprintf(out, "%9s   of %" PRIu64 " sessions that ended %" PRIu64 " one-sided, %" PRIu64
	    " with holes, %" PRIu64 " without their beginning\n", "", f->sessions, f->one_sided,
	    f->holed, f->headless);
	if (!alert->over)
		fprintf(out, "%9s   rule out first: %s\n", "", kind->benign);
}
