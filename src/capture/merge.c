/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/merge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "capture/filter.h"
#include "capture/heap.h"
#include "capture/source.h"

enum { OTHER_DESCRIPTORS = 64 };	/* the rest of the program's, generously */

struct input {
	struct merge_input named;
	struct source *source;		/* NULL while closed */
	struct frame frame;		/* the next one, while open */
	uint64_t size_bytes;
};

struct merge {
	struct input *inputs;
	size_t count;
	const char *filter;
	merge_fault *fault;
	void *ctx;
	struct heap due;		/* inputs that have frames left */
	bool top_was_delivered;
	size_t open_count;
	int64_t silence_ns;		/* longer ones are told; 0: none is */
	int64_t latest_ns;		/* the latest time of any frame so far, -1 before */
	bool cannot_reopen;		/* one of them gives its bytes only once */
	bool size_is_unknown;
	uint64_t total_bytes;
	uint64_t done_bytes;		/* of inputs that are through */
	size_t fault_count;
};

/* As many files may be due at once as their times overlap: in the worst case all. */
void
merge_allow_descriptors(size_t count)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur >= count + OTHER_DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void
report(struct merge *m, const struct err *e)
{
	m->fault_count++;
	m->fault(m->ctx, e);
}

static void
close_input(struct merge *m, struct input *in)
{
	m->open_count -= in->source != NULL;
	source_free(&in->source);
}

static int
open_input(struct merge *m, struct input *in, struct err *e)
{
	in->source = source_open_by(in->named.opener, in->named.path,
	    (uint32_t)(in - m->inputs), in->named.tap, e);
	if (in->source == NULL)
		return -1;
	m->open_count++;
	in->size_bytes = source_size(in->source);
	return 0;
}

static int
set_filter(struct merge *m, struct input *in, struct err *e)
{
	return m->filter != NULL ? source_set_filter(in->source, m->filter, e) : 0;
}

static void
push(struct merge *m, const struct input *in, int64_t at_ns)
{
	heap_push(&m->due, (struct heap_entry){ .at_ns = at_ns,
		.index = (size_t)(in - m->inputs) });
}

/*
 * Find out when an input's first frame is due. A pipe gives its bytes once and
 * stays open, filter and all; a file is read unfiltered, because its first
 * frame is near and its first match may be far.
 */
static int
peek(struct merge *m, struct input *in, struct err *e)
{
	int got;

	if (open_input(m, in, e) != 0)
		return -1;
	if (!source_can_reopen(in->source)) {
		m->cannot_reopen = m->size_is_unknown = true;
		if (set_filter(m, in, e) != 0)
			return -1;
	}
	got = source_next(in->source, &in->frame, e);
	if (got == 1)
		push(m, in, in->frame.ref.at_ns);
	if (got != 1 || source_can_reopen(in->source))
		close_input(m, in);
	return got;
}

static void
peek_all(struct merge *m)
{
	bool stdin_is_taken = false;
	struct err e;

	for (size_t i = 0; i < m->count; i++) {
		struct input *in = &m->inputs[i];
		bool is_stdin = strcmp(in->named.path, "-") == 0;
		int got;

		if (is_stdin && stdin_is_taken)
			got = err_set(&e, "standard input: can be read only once");
		else
			got = peek(m, in, &e);
		if (got == -1)
			report(m, &e);
		if (got != 1)
			close_input(m, in);
		else
			m->total_bytes += in->size_bytes;
		stdin_is_taken = stdin_is_taken || is_stdin;
	}
}

static struct merge *
make(const struct merge_input *inputs, size_t count, const char *filter, merge_fault *fault,
    void *ctx, struct err *e)
{
	struct merge *m;

	if (filter != NULL) {
		struct filter *tried = filter_new(filter, e);

		if (tried == NULL)
			return NULL;
		filter_free(&tried);
	}
	m = calloc(1, sizeof(*m));
	if (m != NULL) {
		m->inputs = calloc(count + 1, sizeof(*m->inputs));
		m->due.entries = calloc(count + 1, sizeof(*m->due.entries));
	}
	if (m == NULL || m->inputs == NULL || m->due.entries == NULL) {
		err_set(e, "out of memory for %zu files", count);
		merge_free(&m);
		return NULL;
	}
	m->filter = filter;
	m->fault = fault;
	m->ctx = ctx;
	m->count = count;
	m->latest_ns = -1;
	/* who may not open files may not change limits either */
	if (count > 0 && inputs[0].opener == NULL)
		merge_allow_descriptors(count);
	for (size_t i = 0; i < count; i++)
		m->inputs[i].named = inputs[i];
	return m;
}

struct merge *
merge_new(const struct merge_input *inputs, size_t count, const char *filter,
    merge_fault *fault, void *ctx, struct err *e)
{
	struct merge *m = make(inputs, count, filter, fault, ctx, e);

	if (m != NULL)
		peek_all(m);
	return m;
}

struct merge *
merge_begin(const struct merge_input *inputs, size_t count, const struct merge_beginning *due,
    size_t due_count, const char *filter, merge_fault *fault, void *ctx, struct err *e)
{
	struct merge *m = make(inputs, count, filter, fault, ctx, e);

	if (m == NULL)
		return NULL;
	m->size_is_unknown = true;
	for (size_t i = 0; i < due_count; i++)
		push(m, &m->inputs[due[i].index], due[i].at_ns);
	return m;
}

bool
merge_is_due_before(const struct merge_beginning *a, const struct merge_beginning *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->index < b->index;
}

size_t
merge_beginnings(const struct merge *m, struct merge_beginning *beginnings_r)
{
	struct heap left = { calloc(m->due.count + 1, sizeof(*left.entries)), m->due.count };
	size_t n = 0;

	if (left.entries == NULL || m->cannot_reopen) {
		free(left.entries);
		return 0;
	}
	memcpy(left.entries, m->due.entries, left.count * sizeof(*left.entries));
	for (; left.count > 0; heap_pop(&left))
		beginnings_r[n++] = (struct merge_beginning){ left.entries[0].at_ns,
			left.entries[0].index, m->inputs[left.entries[0].index].size_bytes };
	free(left.entries);
	return n;
}

void
merge_tell_silence(struct merge *m, int64_t longer_than_ns)
{
	m->silence_ns = longer_than_ns;
}

size_t
merge_due(const struct merge *m)
{
	return m->due.count > 0 ? m->due.entries[0].index : m->count;
}

/* The input on top has no more to give. */
static void
finish_top(struct merge *m, struct input *in)
{
	close_input(m, in);
	m->done_bytes += in->size_bytes;
	heap_pop(&m->due);
}

static void
note_time(struct merge *m, int64_t at_ns)
{
	if (at_ns > m->latest_ns)
		m->latest_ns = at_ns;
}

static void
advance_top(struct merge *m, struct input *in)
{
	struct err e;
	int got = source_next(in->source, &in->frame, &e);

	if (got == 1) {
		heap_move_top(&m->due, in->frame.ref.at_ns);
		return;
	}
	if (got == -1)
		report(m, &e);
	finish_top(m, in);
}

static void
open_top(struct merge *m, struct input *in)
{
	struct err e;

	note_time(m, m->due.entries[0].at_ns);
	if (open_input(m, in, &e) == 0 && set_filter(m, in, &e) == 0) {
		advance_top(m, in);
		return;
	}
	report(m, &e);
	finish_top(m, in);
}

/* Is the file on top, which is not open, the first after a long time? */
static bool
ends_silence(struct merge *m)
{
	const int64_t at_ns = m->due.entries[0].at_ns;
	const bool ends = m->silence_ns > 0 && m->latest_ns >= 0 && m->open_count == 0 &&
	    at_ns - m->latest_ns > m->silence_ns;

	if (ends)
		m->latest_ns = at_ns;	/* told once */
	return ends;
}

static void
deliver_top(struct merge *m, const struct input *in, struct frame *frame_r)
{
	m->top_was_delivered = true;
	note_time(m, in->frame.ref.at_ns);
	*frame_r = in->frame;
}

int
merge_next(struct merge *m, struct frame *frame_r)
{
	while (m->due.count > 0) {
		struct input *in = &m->inputs[m->due.entries[0].index];

		if (in->source == NULL) {
			if (ends_silence(m))
				return MERGE_SILENCE;
			open_top(m, in);
		} else if (m->top_was_delivered) {
			m->top_was_delivered = false;
			advance_top(m, in);
		} else {
			deliver_top(m, in, frame_r);
			return MERGE_FRAME;
		}
	}
	return MERGE_END;
}

size_t
merge_next_beside(struct merge *m, struct frame *frames_r, size_t max)
{
	size_t n = 0;

	while (n < max && m->due.count > 0) {
		struct input *in = &m->inputs[m->due.entries[0].index];

		if (in->source == NULL)
			break;
		if (!m->top_was_delivered) {
			deliver_top(m, in, &frames_r[n++]);
			continue;
		}
		if (!source_next_beside(in->source, &in->frame))
			break;
		m->top_was_delivered = false;
		heap_move_top(&m->due, in->frame.ref.at_ns);
	}
	return n;
}

void
merge_progress(const struct merge *m, uint64_t *done_bytes_r, uint64_t *total_bytes_r)
{
	uint64_t done = m->done_bytes;

	for (size_t i = 0; i < m->due.count; i++) {
		const struct input *in = &m->inputs[m->due.entries[i].index];

		if (in->source != NULL)
			done += source_offset(in->source);
	}
	*done_bytes_r = done;
	*total_bytes_r = m->size_is_unknown ? 0 : m->total_bytes;
}

size_t
merge_fault_count(const struct merge *m)
{
	return m->fault_count;
}

void
merge_free(struct merge **m)
{
	if (*m == NULL)
		return;
	for (size_t i = 0; (*m)->inputs != NULL && i < (*m)->count; i++)
		close_input(*m, &(*m)->inputs[i]);
	free((*m)->inputs);
	free((*m)->due.entries);
	free(*m);
	*m = NULL;
}
