/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/read_outputs.h"

#include "run/overlap.h"

/* -1 with *e set when events would be written into something that is to be read. */
static int
check_overlap(const struct read_settings *reading, const char *path, struct err *e)
{
	const struct settings *s = reading->common;

	if (overlap_check(path, reading->files, reading->file_count, e) < 0 ||
	    overlap_check(path, s->rules.items, s->rules.count, e) < 0 ||
	    overlap_check(path, &s->baseline, s->baseline != NULL, e) < 0 ||
	    overlap_check(path, &s->file, s->file != NULL, e) < 0)
		return -1;
	return overlap_check(path, &s->policy, s->policy != NULL, e);
}

static int
check_spec(const struct read_settings *s, const struct output_spec *spec, struct err *e)
{
	const struct sink_settings *sink = &spec->delivery.sink;

	if ((sink->kind == SINK_FILE || sink->kind == SINK_STANDARD) &&
	    check_overlap(s, sink->path, e) < 0)
		return -1;
	return spec->delivery.spool == NULL ? 0 : check_overlap(s, spec->delivery.spool, e);
}

static const char *
file_of(const struct output_spec *spec)
{
	const struct sink_settings *sink = &spec->delivery.sink;

	return sink->kind == SINK_FILE ? sink->path : NULL;
}

/* Nor is a file: who puts it aside would take it away from the other. */
static int
check_file(const struct read_outputs *o, size_t i, struct err *e)
{
	const char *file = file_of(&o->specs[i]);

	for (size_t other = 0; file != NULL && other < i; other++) {
		const char *its = file_of(&o->specs[other]);

		if (its != NULL && overlap_same(file, its))
			return err_set(e, "%s: is the file of two outputs; each wants its own",
			    file);
	}
	return 0;
}

/* A spool is nobody else's, neither spool nor output. */
static int
check_shared(const struct read_outputs *o, struct err *e)
{
	for (size_t i = 0; i < o->count; i++) {
		const char *spool = o->specs[i].delivery.spool;

		if (check_file(o, i, e) < 0)
			return -1;
		for (size_t other = 0; spool != NULL && other < o->count; other++) {
			const char *file = file_of(&o->specs[other]);

			if (file != NULL && overlap_same(spool, file))
				return err_set(e, "%s: is a spool and an output; name another "
				    "file for one of them", spool);
			if (other < i && o->specs[other].delivery.spool != NULL &&
			    overlap_same(spool, o->specs[other].delivery.spool))
				return err_set(e, "%s: is the spool of two outputs; each wants "
				    "its own", spool);
		}
	}
	return 0;
}

int
read_outputs_take(struct read_outputs *o, const struct read_settings *reading, struct err *e)
{
	const struct settings *s = reading->common;
	struct err why;

	if (s->format != NULL && output_spec_format(s->format, &o->format, &why) < 0)
		return err_set(e, "--format %.400s", why.text);
	if (s->outputs.count > OUTPUTS_MAX)
		return err_set(e, "--output: at most %d of them", OUTPUTS_MAX);
	for (size_t i = 0; i < s->outputs.count; i++) {
		if (output_spec_parse(&o->specs[i], s->outputs.items[i], &why) < 0)
			return err_set(e, "--output %.80s: %.300s", s->outputs.items[i], why.text);
		o->count++;
		if (check_spec(reading, &o->specs[i], e) < 0)
			return -1;
	}
	if (check_shared(o, e) < 0)
		return -1;
	return s->outputs.count > 0 ? 0 : check_overlap(reading, NULL, e);
}

void
read_outputs_release(struct read_outputs *o)
{
	while (o->count > 0)
		output_spec_release(&o->specs[--o->count]);
}
