/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/render.h"

#include <stdio.h>
#include <stdlib.h>

#include "event/ecs.h"
#include "event/eve.h"
#include "event/json.h"
#include "event/summary.h"
#include "event/text.h"

struct render {
	unsigned formats;
	unsigned gravest;
	const struct origin *origin;
	struct line_taker taker;
	struct summary *summary;	/* of a text report */
	struct json_object *stats;	/* of JSON, from the first counter on */
};

struct render *
render_new(unsigned formats, const struct origin *origin, const struct line_taker *taker,
    struct err *e)
{
	struct render *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->summary = summary_new()) == NULL) {
		err_set_errno(e, "output");
		render_free(&r);
		return NULL;
	}
	r->formats = formats;
	r->origin = origin;
	r->taker = *taker;
	return r;
}

static bool
wants(const struct render *r, enum format format)
{
	return (r->formats >> format & 1) != 0;
}

static void
give(struct render *r, struct event_line *line, enum format format, const char *text, size_t n)
{
	line->format = format;
	line->text = span_of(text, n);
	r->taker.take(r->taker.ctx, line);
}

static void
give_json(struct render *r, struct event_line *line, enum format format,
    struct json_object *event)
{
	size_t n;
	const char *text = json_line(event, &n);

	give(r, line, format, text, n);
	json_object_put(event);
}

/* A text event is made in memory and handed on as one. */
struct page {
	char *text;
	size_t n;
	FILE *out;
};

static bool
page_open(struct page *p)
{
	*p = (struct page){ .text = NULL };
	p->out = open_memstream(&p->text, &p->n);
	return p->out != NULL;
}

static void
give_page(struct render *r, struct event_line *line, enum format format, struct page *p)
{
	fclose(p->out);
	/* the end of the last line is put there again on the way out */
	if (p->n > 0)
		give(r, line, format, p->text, p->n - 1);
	free(p->text);
}

static void
take_session(void *ctx, const struct record *record)
{
	struct render *r = ctx;
	struct event_line line = { .type = EVENT_SESSION, .at_ns = record->seen.flow.last.at_ns };
	struct page page;

	summary_session(r->summary, record);
	if (wants(r, FORMAT_EVE))
		give_json(r, &line, FORMAT_EVE, eve_session(record, r->origin));
	if (wants(r, FORMAT_ECS))
		give_json(r, &line, FORMAT_ECS, ecs_session(record, r->origin));
	for (int format = FORMAT_TEXT; format <= FORMAT_COLOUR; format++) {
		if (!wants(r, (enum format)format) || !page_open(&page))
			continue;
		text_session(page.out, record, r->origin, format == FORMAT_COLOUR);
		give_page(r, &line, (enum format)format, &page);
	}
}

static void
take_alert(void *ctx, const struct alert *alert)
{
	struct render *r = ctx;
	struct event_line line = { .type = EVENT_ALERT, .severity = alert->severity,
		.at_ns = alert->record->seen.at.at_ns };
	struct page page;

	summary_alert(r->summary, alert);
	if (r->gravest == 0 || alert->severity < r->gravest)
		r->gravest = alert->severity;
	if (wants(r, FORMAT_EVE))
		give_json(r, &line, FORMAT_EVE, eve_alert(alert, r->origin));
	if (wants(r, FORMAT_ECS))
		give_json(r, &line, FORMAT_ECS, ecs_alert(alert, r->origin));
	for (int format = FORMAT_TEXT; format <= FORMAT_COLOUR; format++) {
		if (!wants(r, (enum format)format) || !page_open(&page))
			continue;
		text_alert(page.out, alert, r->origin, format == FORMAT_COLOUR);
		give_page(r, &line, (enum format)format, &page);
	}
}

void
render_tap(struct render *r, const struct tap_alert *alert)
{
	struct event_line line = { .type = EVENT_ALERT, .severity = tap_alert_severity(alert),
		.at_ns = alert->at_ns };
	struct json_object *eve = tap_alert_eve(alert, r->origin);
	struct page page;

	if (wants(r, FORMAT_ECS))
		give_json(r, &line, FORMAT_ECS, ecs_from_eve(eve));
	if (wants(r, FORMAT_EVE))
		give_json(r, &line, FORMAT_EVE, json_object_get(eve));
	json_object_put(eve);
	for (int format = FORMAT_TEXT; format <= FORMAT_COLOUR; format++) {
		if (!wants(r, (enum format)format) || !page_open(&page))
			continue;
		tap_alert_text(page.out, alert, r->origin, format == FORMAT_COLOUR);
		give_page(r, &line, (enum format)format, &page);
	}
}

struct judge_listener
render_listener(struct render *r)
{
	return (struct judge_listener){ r, take_session, take_alert };
}

/* The statistics that are being made, or NULL when nobody wants them as JSON. */
static struct json_object *
stats_of(struct render *r)
{
	if (r->stats == NULL && (wants(r, FORMAT_EVE) || wants(r, FORMAT_ECS)))
		r->stats = eve_stats(0, r->origin);
	return r->stats;
}

void
render_counter(void *render, const char *name, uint64_t value)
{
	struct render *r = render;
	struct json_object *stats = stats_of(r);

	summary_counter(r->summary, name, value);
	if (stats != NULL)
		eve_stats_add(stats, name, value);
}

void
render_word(struct render *r, const char *name, const char *word)
{
	struct json_object *stats = stats_of(r);
	char path[96];

	snprintf(path, sizeof(path), "stats.%s", name);
	if (stats != NULL)
		json_put_text(stats, path, word);
}

void
render_stats(struct render *r, int64_t at_ns, bool last)
{
	struct event_line line = { .type = EVENT_STATS, .at_ns = at_ns };
	struct page page;

	if (r->stats != NULL)
		eve_stats_at(r->stats, at_ns);
	if (r->stats != NULL && wants(r, FORMAT_ECS))
		give_json(r, &line, FORMAT_ECS, ecs_from_eve(r->stats));
	if (r->stats != NULL && wants(r, FORMAT_EVE))
		give_json(r, &line, FORMAT_EVE, json_object_get(r->stats));
	json_object_put(r->stats);
	r->stats = NULL;
	for (int format = FORMAT_TEXT; format <= FORMAT_COLOUR; format++) {
		if (!last || !wants(r, (enum format)format) || !page_open(&page))
			continue;
		summary_write(r->summary, page.out);
		give_page(r, &line, (enum format)format, &page);
	}
}

unsigned
render_gravest(const struct render *r)
{
	return r->gravest;
}

void
render_free(struct render **r)
{
	if (*r == NULL)
		return;
	json_object_put((*r)->stats);
	summary_free(&(*r)->summary);
	free(*r);
	*r = NULL;
}
