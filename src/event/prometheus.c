/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/prometheus.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/counter.h"
#include "base/span.h"
#include "base/text.h"

enum { SAMPLES_MAX = 2048, FAMILY_SIZE = 96, LABELS_SIZE = 128, SOURCE_SIZE = 64 };

struct sample {
	char family[FAMILY_SIZE];
	char labels[LABELS_SIZE];	/* "" or "{a=\"b\"}" */
	char source[SOURCE_SIZE];	/* what docs/events.md calls the family */
	bool gauge;
	uint64_t value;
	unsigned order;			/* in which it came */
};

struct prometheus {
	struct sample *samples;
	unsigned count, room;
	uint64_t left_out;
};

/* Where the name does not say the unit. */
static const struct {
	const char *name, *unit;
} units[] = { { "baseline.since", "_timestamp_seconds" }, { "memory.rss", "_bytes" },
	{ "uptime", "_seconds" } };

/* Families of which a part of the name is a label: ROOM.LABEL, or ROOM.LABEL.SECOND. */
static const struct {
	const char *room;
	const char *family;
	const char *label, *second;	/* second NULL: that part stays in the name */
} labelled[] = {
	{ "alerts.", "alerts", "category", NULL },
	{ "dialect.", "sessions", "dialect", "outcome" },
	{ "sink.", "sink", "sink", NULL },
};

struct prometheus *
prometheus_new(void)
{
	return calloc(1, sizeof(struct prometheus));
}

static struct sample *
add_sample(struct prometheus *p)
{
	struct sample *larger;
	unsigned room = p->room * 2 + 64;

	if (p->count == SAMPLES_MAX)
		return NULL;
	if (p->count == p->room) {
		larger = realloc(p->samples, room * sizeof(*larger));
		if (larger == NULL)
			return NULL;
		p->samples = larger;
		p->room = room;
	}
	p->samples[p->count] = (struct sample){ .order = p->count };
	return &p->samples[p->count++];
}

static const char *
unit_of(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(name, units[i].name) == 0)
			return units[i].unit;
	}
	return "";
}

/*
 * Nothing stays but what may stand in the name of a metric, and these others: so nothing needs
 * to be escaped, in labels or in help.
 */
static void
make_plain(char *text, const char *others)
{
	for (; *text != '\0'; text++) {
		bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
		    (*text >= '0' && *text <= '9') || strchr(others, *text) != NULL;

		if (!plain)
			*text = '_';
	}
}

/* Cut the label out of the name: "sink.file.written" is sink_written of sink="file". */
static void
name_with_label(struct sample *s, const char *name, size_t row)
{
	const char *value = name + strlen(labelled[row].room), *rest = strchr(value, '.');
	int n = rest != NULL ? (int)(rest - value) : (int)strlen(value);
	char first[40], second[40] = "";

	snprintf(first, sizeof(first), "%.*s", n, value);
	make_plain(first, "-");
	if (rest != NULL)
		snprintf(second, sizeof(second), "%s", rest + 1);
	make_plain(second, "-");
	if (labelled[row].second != NULL) {
		snprintf(s->family, sizeof(s->family), "stripwatch_%s", labelled[row].family);
		snprintf(s->labels, sizeof(s->labels), "{%s=\"%s\",%s=\"%s\"}",
		    labelled[row].label, first, labelled[row].second, second);
		snprintf(s->source, sizeof(s->source), "%s*.*", labelled[row].room);
		return;
	}
	snprintf(s->family, sizeof(s->family), "stripwatch_%s%s%s", labelled[row].family,
	    rest != NULL ? "_" : "", second);
	snprintf(s->labels, sizeof(s->labels), "{%s=\"%s\"}", labelled[row].label, first);
	snprintf(s->source, sizeof(s->source), "%s*%s%s", labelled[row].room,
	    rest != NULL ? "." : "", second);
}

static void
name_it(struct sample *s, const char *name)
{
	for (size_t row = 0; row < sizeof(labelled) / sizeof(labelled[0]); row++) {
		if (span_starts(span_text(name), labelled[row].room)) {
			name_with_label(s, name, row);
			make_plain(s->family, "");
			return;
		}
	}
	snprintf(s->family, sizeof(s->family), "stripwatch_%.50s%s", name, unit_of(name));
	make_plain(s->family, "");
	text_copy(s->source, sizeof(s->source), name);
	make_plain(s->source, ".");
}

void
prometheus_counter(void *prometheus, const char *name, uint64_t value)
{
	struct prometheus *p = prometheus;
	struct sample *s = add_sample(p);
	size_t n;

	if (s == NULL) {
		p->left_out++;
		return;
	}
	s->value = value;
	s->gauge = counter_is_level(name);
	name_it(s, name);
	n = strlen(s->family);
	if (!s->gauge)
		snprintf(s->family + n, sizeof(s->family) - n, "_total");
}

static int
by_family(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	int order = strcmp(x->family, y->family);

	return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static void
write_head(FILE *out, const char *family, const char *help, bool gauge)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", family, help, family,
	    gauge ? "gauge" : "counter");
}

char *
prometheus_text(struct prometheus *p, const char *version, size_t *n_r)
{
	char *text = NULL, help[SOURCE_SIZE + 40], plain[64];
	FILE *out = open_memstream(&text, n_r);

	if (out == NULL)
		return NULL;
	text_copy(plain, sizeof(plain), version);
	make_plain(plain, ".+~-");
	write_head(out, "stripwatch_build_info", "Which version this is.", true);
	fprintf(out, "stripwatch_build_info{version=\"%s\"} 1\n", plain);
	write_head(out, "stripwatch_metrics_left_out", "Counters for which there was no room.",
	    true);
	fprintf(out, "stripwatch_metrics_left_out %" PRIu64 "\n", p->left_out);
	if (p->count > 0)
		qsort(p->samples, p->count, sizeof(*p->samples), by_family);
	for (unsigned i = 0; i < p->count; i++) {
		const struct sample *s = &p->samples[i];

		/* families must stand together, each with one head */
		if (i == 0 || strcmp(s[-1].family, s->family) != 0) {
			snprintf(help, sizeof(help), "stats.%s of docs/events.md.", s->source);
			write_head(out, s->family, help, s->gauge);
		}
		fprintf(out, "%s%s %" PRIu64 "\n", s->family, s->labels, s->value);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

void
prometheus_free(struct prometheus **p)
{
	if (*p == NULL)
		return;
	free((*p)->samples);
	free(*p);
	*p = NULL;
}
