/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/render.h"

#include <stdio.h>
#include <stdlib.h>

#include "event/eve.h"
#include "event/json.h"
#include "event/text.h"

static void
take_json(const struct render *r, struct event_line line, struct json_object *event)
{
	size_t length;
	const char *text = json_line(event, &length);

	line.format = r->format;
	line.text = span_of(text, length);
	r->take(r->ctx, &line);
	json_object_put(event);
}

/* A text event is made in memory; who writes it ends its last line. */
static void
take_page(const struct render *r, struct event_line line, FILE *page, char **text, size_t *length)
{
	fclose(page);
	line.format = r->format;
	line.text = span_of(*text, *length > 0 ? *length - 1 : 0);
	if (line.text.n > 0)
		r->take(r->ctx, &line);
	free(*text);
}

void
render_session(const struct render *r, const struct record *record)
{
	const struct event_line line = { .type = EVENT_SESSION,
		.at_ns = record->seen.flow.last.at_ns };
	char *text = NULL;
	size_t length;
	FILE *page;

	if (r->format == FORMAT_EVE) {
		take_json(r, line, eve_session(record, r->origin));
	} else if ((page = open_memstream(&text, &length)) != NULL) {
		text_session(page, record, r->format == FORMAT_COLOUR);
		take_page(r, line, page, &text, &length);
	}
}

void
render_alert(const struct render *r, const struct alert *alert)
{
	const struct event_line line = { .type = EVENT_ALERT, .severity = alert->severity,
		.at_ns = alert->record->seen.at.at_ns };
	char *text = NULL;
	size_t length;
	FILE *page;

	if (r->format == FORMAT_EVE) {
		take_json(r, line, eve_alert(alert, r->origin));
	} else if ((page = open_memstream(&text, &length)) != NULL) {
		text_alert(page, alert, r->origin, r->format == FORMAT_COLOUR);
		take_page(r, line, page, &text, &length);
	}
}

void
render_stats(const struct render *r, int64_t at_ns, const struct tally *counters,
    const char *sandbox)
{
	const struct event_line line = { .type = EVENT_STATS, .at_ns = at_ns };
	struct json_object *event;

	if (r->format != FORMAT_EVE)
		return;
	event = eve_stats(at_ns, r->origin);
	tally_each(counters, eve_stats_add, event);
	json_put_text(event, "stats.sandbox", sandbox);
	take_json(r, line, event);
}
