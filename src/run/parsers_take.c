/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "capture/packet_record.h"
#include "capture/source.h"
#include "run/descriptor_pass.h"
#include "run/parsers_parts.h"
#include "words/observation_check.h"

static const char *
open_for(struct parsers *p, const struct member *m, struct span body)
{
	const struct read_settings *s = p->reader->settings;
	uint32_t index;
	int fd;

	if (body.n != sizeof(index))
		return "a question";
	memcpy(&index, body.p, sizeof(index));
	if (index >= s->file_count)
		return "a file";
	parsers_note_opened(p, m, index);
	fd = source_descriptor(s->files[index]);
	descriptor_send(m->parser.channel, fd);
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* In the order of time, each file once; an empty message is the end of them. */
static const char *
take_beginnings(struct parsers *p, struct span body)
{
	const size_t file_count = p->reader->settings->file_count;
	struct merge_beginning *next;
	struct span bytes;

	if (p->jobs == 1 || p->beginnings_known || body.n % sizeof(*next) != 0)
		return "beginnings";
	p->beginnings_known = body.n == 0;
	while (span_take(&body, sizeof(*next), &bytes)) {
		if (p->beginning_count == file_count)
			return "beginnings";
		next = &p->beginnings[p->beginning_count++];
		memcpy(next, bytes.p, sizeof(*next));
		if (next->index >= file_count || next->at_ns < 0 ||
		    next->at_ns > PACKET_TIME_MAX_NS || (p->beginning_count > 1 &&
		    !merge_is_due_before(&next[-1], next)))
			return "beginnings";
	}
	return NULL;
}

static void
show_progress(struct parsers *p)
{
	struct reader_progress all = p->progress;

	for (size_t i = 0; i < p->count; i++)
		all.done += p->members[i].done_bytes;
	p->reader->progress(p->reader->ctx, &all);
}

static const char *
take_progress(struct parsers *p, struct member *m, struct span body)
{
	struct reader_progress so_far;

	if (body.n != sizeof(so_far))
		return "progress";
	memcpy(&so_far, body.p, sizeof(so_far));
	m->done_bytes = so_far.done;
	/* whoever begins later does not know of all files */
	if (so_far.total > p->progress.total)
		p->progress.total = so_far.total;
	show_progress(p);
	return NULL;
}

static const char *
take_observation(struct parsers *p, struct span body)
{
	const struct reader *r = p->reader;
	struct observation seen;
	const char *wrong = observation_unpack(body, &seen);

	if (wrong == NULL && seen.flow.tuple.tap > 0 &&
	    seen.flow.tuple.tap >= r->settings->file_count)
		wrong = "flow.tuple.tap";
	if (wrong == NULL)
		r->take(r->ctx, &seen);
	return wrong;
}

static const char *
take_batch(struct parsers *p, struct span body)
{
	const char *wrong = NULL;
	struct span bytes, packed;
	struct parser_batch_head head;

	while (wrong == NULL && body.n > 0) {
		if (!span_take(&body, sizeof(head), &bytes))
			return "batch";
		memcpy(&head, bytes.p, sizeof(head));
		if (!span_take(&body, head.bytes, &packed) || head.now_ns < 0)
			return "batch";
		p->reader->advance(p->reader->ctx, head.now_ns);
		wrong = take_observation(p, packed);
	}
	return wrong;
}

static void
take_fault(struct parsers *p, struct span body)
{
	struct err e;

	err_set(&e, "%.*s", (int)body.n, (const char *)body.p);
	p->reader->fault(p->reader->ctx, &e);
}

static const char *
take_farewell(struct parsers *p, const struct member *m, struct span body)
{
	const size_t file_count = p->reader->settings->file_count;
	struct parser_farewell farewell;
	struct reader_end *end = p->end;

	if (body.n != sizeof(farewell))
		return "farewell";
	memcpy(&farewell, body.p, sizeof(farewell));
	if (farewell.end.last_ns < 0 || farewell.end.files_unread > file_count)
		return "farewell";
	p->next_file = farewell.end.next_file;
	if (p->next_file != file_count && (!p->beginnings_known ||
	    parsers_place_of(p, m->place + 1, p->next_file) == p->beginning_count))
		return "farewell";
	if (farewell.end.last_ns > end->last_ns)
		end->last_ns = farewell.end.last_ns;
	end->files_unread += farewell.end.files_unread;
	p->ended = true;
	farewell.why[sizeof(farewell.why) - 1] = '\0';
	if (farewell.failed != 0)
		err_set(p->e, "%s", farewell.why);
	return NULL;
}

static const char *
take_hello(struct parsers *p, struct span body)
{
	uint32_t sandbox;

	if (body.n != sizeof(sandbox))
		return "hello";
	memcpy(&sandbox, body.p, sizeof(sandbox));
	if (*p->sandbox != SANDBOX_PARTIAL)
		*p->sandbox = sandbox == SANDBOX_FULL ? SANDBOX_FULL : SANDBOX_PARTIAL;
	return NULL;
}

static const char *
take_counters(struct parsers *p, struct span body)
{
	static const char *const rooms[] = { "capture.", "decode.", "flow.", "stream.",
		"session.", "evidence.", NULL };

	if (!tally_read(&p->share, body, rooms))
		return "counters";
	tally_merge(p->counters, &p->share);
	return NULL;
}

const char *
parsers_take(struct parsers *p, struct member *m, const struct message *message)
{
	switch (message->kind) {
	case MESSAGE_OBSERVATION:
		return take_batch(p, message->body);
	case MESSAGE_OPEN:
		return open_for(p, m, message->body);
	case MESSAGE_EVIDENCE:
		if (p->reader->evidence == NULL)
			return "evidence";
		p->reader->keep(p->reader->ctx, message->body);
		return NULL;
	case MESSAGE_COUNTERS:
		return take_counters(p, message->body);
	case MESSAGE_HELLO:
		return take_hello(p, message->body);
	case MESSAGE_BEGINNINGS:
		return take_beginnings(p, message->body);
	case MESSAGE_PROGRESS:
		return take_progress(p, m, message->body);
	case MESSAGE_FAULT:
		take_fault(p, message->body);
		return NULL;
	case MESSAGE_END:
		return take_farewell(p, m, message->body);
	default:
		return "kind";
	}
}

bool
parsers_is_urgent(const struct message *message)
{
	return message->kind == MESSAGE_OPEN || message->kind == MESSAGE_PROGRESS;
}
