/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/parsers.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/interrupt.h"
#include "run/parsers_parts.h"

enum { MESSAGES_OF_A_ROUND = 8 };	/* of one whose turn it is not */

/* --- Who reads what --- */

static void
leave(struct parsers *p, size_t at)
{
	struct member *m = &p->members[at];

	backlog_free(&m->backlog);
	p->count--;
	memmove(m, m + 1, (p->count - at) * sizeof(*m));
}

/* Those who began behind the first place, up to the last, began where no share does. */
static void
dismiss(struct parsers *p, size_t first, size_t last)
{
	for (size_t at = p->count; at-- > 1;) {
		struct member *m = &p->members[at];

		if (m->place <= first || m->place > last)
			continue;
		parser_see_off(&m->parser, true);
		leave(p, at);
	}
}

static size_t
next_share(const struct parsers *p, size_t behind)
{
	return reader_next_share(p->reader->settings, p->beginnings, p->beginning_count, behind);
}

/* One more, at that place among the members; its files are those from that place on. */
static int
join(struct parsers *p, size_t at, size_t place, struct backlog *backlog, struct err *e)
{
	const struct reader_share share = { .due = &p->beginnings[place],
		.count = p->beginning_count - place, .until = next_share(p, place) - place };
	struct member m = { .place = place, .backlog = backlog };

	if (parser_start(&m.parser, p->reader, p->jobs > 1 ? &share : NULL, e) < 0)
		return -1;
	memmove(&p->members[at + 1], &p->members[at], (p->count - at) * sizeof(m));
	p->members[at] = m;
	p->count++;
	return 0;
}

/* Whoever cannot be started now will be when it is its turn. */
static void
begin_ahead(struct parsers *p)
{
	const size_t bytes_max = p->reader->settings->common->limits.ahead_bytes;
	struct backlog *backlog;
	struct err e;

	while (p->beginnings_known && p->count < p->jobs && p->ahead < p->beginning_count) {
		const size_t place = next_share(p, p->ahead);

		p->ahead = place;
		if (place == p->beginning_count || (backlog = backlog_new(bytes_max, &e)) == NULL)
			continue;
		if (join(p, p->count, place, backlog, &e) < 0)
			backlog_free(&backlog);
	}
}

size_t
parsers_place_of(const struct parsers *p, size_t from, uint64_t file)
{
	while (from < p->beginning_count && p->beginnings[from].index != file)
		from++;
	return from;
}

void
parsers_note_opened(struct parsers *p, const struct member *m, uint32_t file)
{
	const size_t place = parsers_place_of(p, m->place, file);

	if (!p->beginnings_known || place == p->beginning_count)
		return;
	dismiss(p, m->place, place);
	if (p->ahead < place)
		p->ahead = place;
}

/* --- Whose turn it is --- */

/* Handed on once: what came to us did not come to them. */
static void
hand_on_interrupt(struct parsers *p)
{
	if (!interrupt_came() || p->told)
		return;
	for (size_t i = 0; i < p->count; i++)
		kill(p->members[i].parser.pid, SIGUSR1);
	p->told = true;
}

/* One whose turn it is not: what can wait does. True when it said something. */
static bool
hear_ahead(struct parsers *p, struct member *m)
{
	struct message message;
	int got, n = 0;

	while (n < MESSAGES_OF_A_ROUND && !m->is_closed && !backlog_is_full(m->backlog)) {
		got = channel_receive(m->parser.channel, &p->room, &message);
		if (got == CHANNEL_EMPTY)
			break;
		n++;
		if (got == CHANNEL_NONSENSE)
			m->wrong = "frame";
		else if (got == 1 && parsers_is_urgent(&message))
			m->wrong = parsers_take(p, m, &message);
		else if (got == 1 && !backlog_add(m->backlog, &message))
			m->has_no_room = true;
		m->is_closed = got == CHANNEL_CLOSED || m->wrong != NULL || m->has_no_room;
	}
	return n > 0;
}

/* Without room for what they say nobody need begin before his turn. */
static void
give_up_ahead(struct parsers *p, size_t at)
{
	parser_see_off(&p->members[at].parser, true);
	leave(p, at);
	p->ahead = p->beginning_count;
}

static bool
hear_all_ahead(struct parsers *p)
{
	bool heard = false;

	for (size_t at = 1; at < p->count; at++) {
		heard = hear_ahead(p, &p->members[at]) || heard;
		/* it may have opened a file with which another one had begun */
		if (at < p->count && p->members[at].has_no_room)
			give_up_ahead(p, at--);
	}
	return heard;
}

static void
wait_for_any(struct parsers *p)
{
	int fds[READ_JOBS_MAX];
	size_t n = 0;

	for (size_t at = 0; at < p->count; at++) {
		const struct member *m = &p->members[at];

		if (at == 0 || (!m->is_closed && !backlog_is_full(m->backlog)))
			fds[n++] = m->parser.channel;
	}
	p->reader->wait(p->reader->ctx, fds, n);
}

/* The next message of the one whose turn it is; answers are channel_receive()'s. */
static int
next_in_turn(struct parsers *p, struct message *message_r)
{
	struct member *m = &p->members[0];
	int got = CHANNEL_EMPTY;

	if (m->backlog != NULL)
		got = backlog_next(m->backlog, &p->room, message_r);
	if (got != CHANNEL_EMPTY)
		return got;
	backlog_free(&m->backlog);
	return m->is_closed ? CHANNEL_CLOSED :
	    channel_receive(m->parser.channel, &p->room, message_r);
}

/* Until it says farewell, or no more: NULL, or what it has said that cannot be. */
static const char *
hear_turn(struct parsers *p)
{
	const struct reader *r = p->reader;
	const char *wrong = NULL;
	struct message message;
	bool heard;
	int got;

	p->ended = false;
	while (wrong == NULL && !p->ended && r->go_on(r->ctx)) {
		hand_on_interrupt(p);
		begin_ahead(p);
		heard = hear_all_ahead(p);
		got = next_in_turn(p, &message);
		if (got == CHANNEL_CLOSED)
			return p->members[0].wrong;
		if (got == CHANNEL_NONSENSE)
			return "frame";
		if (got == 1)
			wrong = parsers_take(p, &p->members[0], &message);
		else if (!heard)
			wait_for_any(p);
	}
	return wrong;
}

/* 0, or -1 with *e set when it did not end as it should have. */
static int
see_off_turn(struct parsers *p, const char *wrong)
{
	const int status = parser_see_off(&p->members[0].parser, wrong != NULL);

	p->progress.done += p->members[0].done_bytes;
	leave(p, 0);
	if (wrong != NULL)
		return err_set(p->e, "the process that reads captures said what cannot be (%s); "
		    "what came before is judged", wrong);
	if (p->ended)
		return p->e->text[0] != '\0' ? -1 : 0;
	/* nobody listened to it any more */
	if (!p->reader->go_on(p->reader->ctx))
		return 0;
	if (WIFSIGNALED(status))
		return err_set(p->e, "the process that reads captures was ended by signal %d (%s); "
		    "what came before is judged", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return err_set(p->e, "the process that reads captures ended; what came before is judged");
}

/* Whoever has begun with the next share has the next turn, or else a new one. */
static int
pass_turn(struct parsers *p)
{
	const size_t place = parsers_place_of(p, 0, p->next_file);

	while (p->count > 0 && p->members[0].place < place) {
		parser_see_off(&p->members[0].parser, true);
		leave(p, 0);
	}
	if (p->ahead < place)
		p->ahead = place;
	if (p->count > 0 && p->members[0].place == place)
		return 0;
	return join(p, 0, place, NULL, p->e);
}

static int
take_turns(struct parsers *p)
{
	const size_t file_count = p->reader->settings->file_count;
	const struct reader *r = p->reader;

	if (join(p, 0, 0, NULL, p->e) < 0)
		return -1;
	for (;;) {
		if (see_off_turn(p, hear_turn(p)) < 0)
			return -1;
		if (!p->ended || p->next_file == file_count || interrupt_came() ||
		    !r->go_on(r->ctx))
			return 0;
		if (pass_turn(p) < 0)
			return -1;
	}
}

int
parsers_run(const struct reader *r, struct reader_end *end_r, struct tally *counters,
    enum sandbox *sandbox_r, struct err *e)
{
	struct parsers *p = calloc(1, sizeof(*p));
	const size_t jobs = r->settings->jobs;
	int result;

	*end_r = (struct reader_end){ .last_ns = 0 };
	*sandbox_r = SANDBOX_OFF;
	e->text[0] = '\0';
	if (p != NULL)
		p->beginnings = calloc(r->settings->file_count + 1, sizeof(*p->beginnings));
	if (p == NULL || p->beginnings == NULL) {
		free(p);
		return err_set_errno(e, "read");
	}
	p->reader = r;
	p->jobs = jobs > 1 && jobs <= READ_JOBS_MAX ? jobs : 1;
	p->end = end_r;
	p->counters = counters;
	p->sandbox = sandbox_r;
	p->e = e;
	merge_allow_descriptors(r->settings->file_count);
	result = take_turns(p);
	while (p->count > 0) {
		parser_see_off(&p->members[0].parser, true);
		leave(p, 0);
	}
	free(p->beginnings);
	free(p);
	return result;
}
