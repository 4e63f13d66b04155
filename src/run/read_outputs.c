/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/read_outputs.h"

#include "run/overlap.h"

/* -1 with *e set when events would be written into something that is to be read. */
static int
check_overlap(const struct read_settings *s, const char *path, struct err *e)
{
	if (overlap_check(path, s->files, s->file_count, e) < 0 ||
	    overlap_check(path, s->rules, s->rules_count, e) < 0 ||
	    overlap_check(path, &s->baseline, s->baseline != NULL, e) < 0)
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

int
read_outputs_take(struct read_outputs *o, const struct read_settings *s, struct err *e)
{
	struct err why;

	if (s->format != NULL && output_spec_format(s->format, &o->format, &why) < 0)
		return err_set(e, "--format %.400s", why.text);
	if (s->output_count > OUTPUTS_MAX)
		return err_set(e, "--output: at most %d of them", OUTPUTS_MAX);
	for (size_t i = 0; i < s->output_count; i++) {
		if (output_spec_parse(&o->specs[i], s->outputs[i], e) < 0)
			return -1;
		o->count++;
		if (check_spec(s, &o->specs[i], e) < 0)
			return -1;
	}
	return s->output_count > 0 ? 0 : check_overlap(s, NULL, e);
}

void
read_outputs_release(struct read_outputs *o)
{
	while (o->count > 0)
		output_spec_release(&o->specs[--o->count]);
}
