/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/eve.h"
#include "event/json.h"
#include "event/summary.h"
#include "event/text.h"
#include "sink/sink.h"

struct output {
	enum format format;
	bool colour, flush_each, failed;
	unsigned gravest;
	const struct origin *origin;
	struct sink *sink;
	struct err error;
	struct summary *summary;	/* of a text report */
	struct json_object *stats;	/* of eve, from the first counter on */
};

int
output_parse_format(const char *name, enum format *format_r, struct err *e)
{
	if (name == NULL)
		*format_r = FORMAT_DEFAULT;
	else if (strcmp(name, "eve") == 0)
		*format_r = FORMAT_EVE;
	else if (strcmp(name, "text") == 0)
		*format_r = FORMAT_TEXT;
	else
		return err_set(e, "say eve or text");
	return 0;
}

static void
suit_the_sink(struct output *o, const struct output_settings *settings)
{
	bool terminal = sink_is_terminal(o->sink);

	o->format = settings->format;
	if (o->format == FORMAT_DEFAULT)
		o->format = terminal ? FORMAT_TEXT : FORMAT_EVE;
	/* https://no-color.org: present and not empty */
	o->colour = terminal && (getenv("NO_COLOR") == NULL || getenv("NO_COLOR")[0] == '\0');
	o->flush_each = settings->flush_each || terminal;
}

struct output *
output_new(const struct output_settings *settings, const struct origin *origin,
    struct err *e)
{
	struct output *o = calloc(1, sizeof(*o));

	if (o == NULL || (o->summary = summary_new()) == NULL) {
		err_set_errno(e, "output");
		output_free(&o);
		return NULL;
	}
	o->origin = origin;
	o->sink = sink_open(settings->path, e);
	if (o->sink == NULL) {
		output_free(&o);
		return NULL;
	}
	suit_the_sink(o, settings);
	return o;
}

static void
write_line(struct output *o, const char *line, size_t length)
{
	if (o->failed)
		return;
	if (sink_write(o->sink, line, length, &o->error) < 0 ||
	    (o->flush_each && sink_flush(o->sink, &o->error) < 0))
		o->failed = true;
}

static void
write_json(struct output *o, struct json_object *event)
{
	size_t length;
	const char *line = json_line(event, &length);

	write_line(o, line, length);
	json_object_put(event);
}

/* A text event is made in memory and written as one. */
struct page {
	char *text;
	size_t length;
	FILE *out;
};

static bool
page_open(struct page *p)
{
	p->out = open_memstream(&p->text, &p->length);
	return p->out != NULL;
}

static void
page_write(struct output *o, struct page *p)
{
	fclose(p->out);
	/* the sink ends the last line itself */
	if (p->length > 0)
		write_line(o, p->text, p->length - 1);
	free(p->text);
}

static void
take_session(void *ctx, const struct record *record)
{
	struct output *o = ctx;
	struct page page;

	summary_session(o->summary, record);
	if (o->format == FORMAT_EVE) {
		write_json(o, eve_session(record, o->origin));
	} else if (page_open(&page)) {
		text_session(page.out, record, o->colour);
		page_write(o, &page);
	}
}

static void
take_alert(void *ctx, const struct alert *alert)
{
	struct output *o = ctx;
	struct page page;

	summary_alert(o->summary, alert);
	if (o->gravest == 0 || alert->severity < o->gravest)
		o->gravest = alert->severity;
	if (o->format == FORMAT_EVE) {
		write_json(o, eve_alert(alert, o->origin));
	} else if (page_open(&page)) {
		text_alert(page.out, alert, o->origin, o->colour);
		page_write(o, &page);
	}
}

struct judge_listener
output_listener(struct output *o)
{
	return (struct judge_listener){ o, take_session, take_alert };
}

void
output_counter(void *output, const char *name, uint64_t value)
{
	struct output *o = output;

	summary_counter(o->summary, name, value);
	if (o->stats == NULL)
		o->stats = eve_stats(0, o->origin);
	eve_stats_add(o->stats, name, value);
}

void
output_word(struct output *o, const char *name, const char *word)
{
	char path[96];

	snprintf(path, sizeof(path), "stats.%s", name);
	json_put_text(o->stats, path, word);
}

void
output_finish(struct output *o, int64_t at_ns)
{
	struct page page;

	sink_counters(o->sink, output_counter, o);
	if (o->format == FORMAT_EVE) {
		json_put_time(o->stats, "timestamp", at_ns);
		write_json(o, o->stats);
		o->stats = NULL;
	} else if (page_open(&page)) {
		summary_write(o->summary, page.out);
		page_write(o, &page);
	}
	if (!o->failed && sink_flush(o->sink, &o->error) < 0)
		o->failed = true;
}

bool
output_failed(const struct output *o, struct err *e_r)
{
	if (o->failed)
		*e_r = o->error;
	return o->failed;
}

bool
output_reader_gone(const struct output *o)
{
	return o->failed && sink_reader_gone(o->sink);
}

unsigned
output_gravest(const struct output *o)
{
	return o->gravest;
}

void
output_free(struct output **o)
{
	if (*o == NULL)
		return;
	json_object_put((*o)->stats);
	summary_free(&(*o)->summary);
	sink_free(&(*o)->sink);
	free(*o);
	*o = NULL;
}
