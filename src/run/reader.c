/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/reader.h"

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "capture/filter.h"
#include "capture/source.h"
#include "run/interrupt.h"
#include "run/progress.h"

/* What one run makes in this order, and frees in the other. */
struct run {
	const struct reader *reader;
	const struct reader_share *share;	/* NULL: all of it */
	struct reader_share first;	/* ... the one that was found out here */
	struct merge_beginning *due;	/* ... in it */
	struct pipeline_limits limits;
	struct merge_input *inputs;
	bool *told;			/* of each file: that frames of it are not read */
	struct progress progress;
	struct reader_end *end;
	struct merge *merge;
	struct pipeline *pipeline;	/* of the stretch that is being read */
	struct tally *counters;
};

static void
name_fault(void *ctx, const struct err *e)
{
	struct run *run = ctx;
	const struct reader *r = run->reader;

	/* that the file could not be read to its end is then no fault of the file */
	if (interrupt_came() || !r->go_on(r->ctx))
		return;
	run->end->files_unread++;
	r->fault(r->ctx, e);
}

/* Once for each file: nothing that these frames carried was seen. */
static void
name_link_type(struct run *run, const struct frame *frame)
{
	const struct reader *r = run->reader;
	const uint32_t index = frame->ref.source;
	const char *type = pcap_datalink_val_to_name(frame->link_type);
	char name[SOURCE_NAME_SIZE];
	struct err e;

	if (run->told[index])
		return;
	run->told[index] = true;
	source_name(r->settings->files[index], name);
	err_set(&e, "%s: frame %" PRIu64 " is of link type %d%s%s, which is not read", name,
	    frame->ref.number, frame->link_type, type != NULL ? ", " : "",
	    type != NULL ? type : "");
	r->fault(r->ctx, &e);
}

size_t
reader_next_share(const struct read_settings *s, const struct merge_beginning *due, size_t count,
    size_t behind)
{
	const struct pipeline_limits limits = pipeline_limits_of(s->common);
	const int64_t silence_ns = pipeline_memory_ns(&limits);
	const size_t asked = s->common->limits.share_bytes;
	const uint64_t enough = asked != 0 ? asked : READER_SHARE_BYTES;
	uint64_t bytes = 0;

	for (size_t i = 1; i < count; i++) {
		bytes += due[i - 1].bytes;
		if (bytes < enough || due[i].at_ns - due[i - 1].at_ns <= silence_ns)
			continue;
		if (i > behind)
			return i;
		bytes = 0;
	}
	return count;
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

static struct merge *
open_merge(struct run *run, struct err *e)
{
	const struct read_settings *s = run->reader->settings;
	const char *filter = s->common->filter;

	if (run->share == NULL || run->share->learn != NULL)
		return merge_new(run->inputs, s->file_count, filter, name_fault, run, e);
	return merge_begin(run->inputs, s->file_count, run->share->due, run->share->count,
	    filter, name_fault, run, e);
}

/* Tell where files begin, and take the first share; without another one it is all of them. */
static int
begin_sharing(struct run *run, struct err *e)
{
	const struct reader *r = run->reader;
	struct reader_share *first = &run->first;

	run->due = calloc(r->settings->file_count + 1, sizeof(*run->due));
	if (run->due == NULL)
		return err_set_errno(e, "%zu files", r->settings->file_count);
	first->due = run->due;
	first->count = merge_beginnings(run->merge, run->due);
	first->until = reader_next_share(r->settings, run->due, first->count, 0);
	if (first->until < first->count)
		run->share->learn(r->ctx, run->due, first->count);
	run->share = first;
	return 0;
}

/* Is what comes behind this silence somebody else's? */
static bool
has_read_share(const struct run *run)
{
	const struct reader_share *share = run->share;
	const size_t next = merge_due(run->merge);
	size_t place = 0;

	while (share != NULL && place < share->count && share->due[place].index != next)
		place++;
	return share != NULL && place < share->count && place >= share->until;
}

static int
set_up(struct run *run, struct err *e)
{
	const struct reader *r = run->reader;
	const struct read_settings *s = r->settings;

	run->limits = pipeline_limits_of(s->common);
	if (r->evidence != NULL)
		run->limits.evidence = *r->evidence;
	run->inputs = calloc(s->file_count, sizeof(*run->inputs));
	run->told = calloc(s->file_count, sizeof(*run->told));
	if (run->inputs == NULL || run->told == NULL)
		return err_set_errno(e, "%zu files", s->file_count);
	for (size_t i = 0; i < s->file_count; i++)
		run->inputs[i] = (struct merge_input){ s->files[i], reader_tap(s, i), r->opener };
	run->merge = open_merge(run, e);
	if (run->merge == NULL)
		return -1;
	merge_tell_silence(run->merge, pipeline_memory_ns(&run->limits));
	return run->share != NULL && run->share->learn != NULL ? begin_sharing(run, e) : 0;
}

static void
tell_progress(struct run *run)
{
	struct reader_progress so_far;

	merge_progress(run->merge, &so_far.done, &so_far.total);
	run->reader->progress(run->reader->ctx, &so_far);
}

static void
read_frame(struct run *run, const struct frame *frame)
{
	const struct reader *r = run->reader;

	if (pipeline_next(run->pipeline) == DECODE_UNKNOWN_LINK)
		name_link_type(run, frame);
	r->advance(r->ctx, frame->ref.at_ns);
	if (frame->ref.at_ns > run->end->last_ns)
		run->end->last_ns = frame->ref.at_ns;
}

/* Why it ends: MERGE_SILENCE, or MERGE_END. */
static int
read_frames(struct run *run)
{
	const struct reader *r = run->reader;
	struct frame frames[PIPELINE_AHEAD];
	int got = MERGE_END;

	while (!interrupt_came() && r->go_on(r->ctx) &&
	    (got = merge_next(run->merge, &frames[0])) == MERGE_FRAME) {
		size_t count = 1 + merge_next_beside(run->merge, frames + 1, PIPELINE_AHEAD - 1);

		pipeline_expect(run->pipeline, frames, count);
		for (size_t i = 0; i < count; i++)
			read_frame(run, &frames[i]);
		if (progress_due(&run->progress))
			tell_progress(run);
	}
	return got == MERGE_SILENCE ? MERGE_SILENCE : MERGE_END;
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

/* The same answers; -1 with *e set when memory is short. */
static int
read_stretch(struct run *run, struct err *e)
{
	const struct reader *r = run->reader;
	int got;

	run->pipeline = pipeline_new(r->ports, &run->limits, r->take, r->ctx, e);
	if (run->pipeline == NULL)
		return -1;
	got = read_frames(run);
	pipeline_finish(run->pipeline);
	hand_over_evidence(run);
	pipeline_counters(run->pipeline, tally_add, run->counters);
	pipeline_free(&run->pipeline);
	return got;
}

int
reader_run(const struct reader *r, const struct reader_share *share,
    struct reader_end *end_r, struct tally *counters, struct err *e)
{
	struct run run = { .reader = r, .share = share, .end = end_r, .counters = counters };
	int got;

	*end_r = (struct reader_end){ .next_file = r->settings->file_count };
	progress_start(&run.progress, r->settings->progress);
	got = set_up(&run, e);
	if (got == 0) {
		do
			got = read_stretch(&run, e);
		while (got == MERGE_SILENCE && !has_read_share(&run));
	}
	if (got == MERGE_SILENCE)
		end_r->next_file = merge_due(run.merge);
	if (run.merge != NULL && r->settings->progress)
		tell_progress(&run);
	merge_free(&run.merge);
	free(run.inputs);
	free(run.told);
	free(run.due);
	return got < 0 ? -1 : 0;
}
