/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "capture/filter.h"
#include "capture/merge.h"
#include "run/interrupt.h"
#include "run/progress.h"

/* What one run makes in this order, and frees in the other. */
struct run {
	const struct reader *reader;
	struct merge_input *inputs;
	struct progress progress;
	struct reader_end *end;
	struct pipeline *pipeline;
	struct merge *merge;
};

static void
name_fault(void *ctx, const struct err *e)
{
	struct run *run = ctx;

	/* that the file could not be read to its end is then no fault of the file */
	if (interrupt_came() || !run->reader->go_on(run->reader->ctx))
		return;
	run->end->files_unread++;
	progress_clear(&run->progress);
	log_warnx("%s", e->text);
}

int
reader_check(const struct read_settings *s, struct err *e)
{
	struct filter *filter;

	if (s->common->filter == NULL)
		return 0;
	filter = filter_new(s->common->filter, e);
	if (filter == NULL)
		return -1;
	filter_free(&filter);
	return 0;
}

uint8_t
reader_tap(const struct read_settings *s, size_t file)
{
	size_t first = 0;

	if (s->taps == NULL)
		return 0;
	while (strcmp(s->taps[first], s->taps[file]) != 0)
		first++;
	return (uint8_t)first;
}

static int
set_up(struct run *run, struct err *e)
{
	const struct reader *r = run->reader;
	const struct read_settings *s = r->settings;
	struct pipeline_limits limits = pipeline_limits_of(s->common);

	run->inputs = calloc(s->file_count, sizeof(*run->inputs));
	if (run->inputs == NULL)
		return err_set_errno(e, "%zu files", s->file_count);
	for (size_t i = 0; i < s->file_count; i++)
		run->inputs[i] = (struct merge_input){ s->files[i], reader_tap(s, i), r->opener };
	run->merge = merge_new(run->inputs, s->file_count, s->common->filter, name_fault, run, e);
	if (run->merge == NULL)
		return -1;
	if (r->evidence != NULL)
		limits.evidence = *r->evidence;
	run->pipeline = pipeline_new(r->ports, &limits, r->take, r->ctx, e);
	return run->pipeline != NULL ? 0 : -1;
}

static void
read_frames(struct run *run)
{
	const struct reader *r = run->reader;
	struct frame frame;
	uint64_t done, total;

	progress_start(&run->progress, r->settings->progress);
	while (!interrupt_came() && r->go_on(r->ctx) && merge_next(run->merge, &frame) == 1) {
		pipeline_frame(run->pipeline, &frame);
		r->advance(r->ctx, frame.ref.at_ns);
		if (frame.ref.at_ns > run->end->last_ns)
			run->end->last_ns = frame.ref.at_ns;
		if (progress_due(&run->progress)) {
			merge_progress(run->merge, &done, &total);
			progress_show(&run->progress, done, total);
		}
	}
	progress_clear(&run->progress);
	pipeline_finish(run->pipeline);
}

static void
hand_over_evidence(struct run *run)
{
	const struct reader *r = run->reader;
	struct span file;

	if (r->evidence == NULL)
		return;
	file = evidence_write(pipeline_evidence(run->pipeline), r->evidence->only);
	if (file.n > 0)
		r->keep(r->ctx, file);
	free((void *)(uintptr_t)file.p);
}

int
reader_run(const struct reader *r, struct reader_end *end_r, struct tally *counters, struct err *e)
{
	struct run run = { .reader = r, .end = end_r };
	int result;

	*end_r = (struct reader_end){ .last_ns = 0 };
	result = set_up(&run, e);
	if (result == 0) {
		read_frames(&run);
		hand_over_evidence(&run);
		pipeline_counters(run.pipeline, tally_add, counters);
	}
	pipeline_free(&run.pipeline);
	merge_free(&run.merge);
	free(run.inputs);
	return result;
}
