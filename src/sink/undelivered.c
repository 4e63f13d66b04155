/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/undelivered.h"

enum { LOADED_BYTES = 512 * 1024 };	/* taken from the spool into memory */

void
undelivered_tell(struct undelivered *b, const struct err *e)
{
	b->news = *e;
	b->untold = true;
}

/* The first of a series is told: it ends when nothing waits any more. */
static void
tell_first(struct undelivered *b, bool *told, const struct err *e)
{
	if (*told || b->untold)
		return;
	undelivered_tell(b, e);
	*told = true;
}

static bool
add_to_spool(struct undelivered *b, const struct event_line *line)
{
	struct err e;
	enum spool_result result = spool_add(b->spool, line, &e);

	if (result == SPOOL_FAILED)
		tell_first(b, &b->failure_told, &e);
	return result == SPOOL_OK;
}

static void
note_dropped(struct undelivered *b)
{
	struct err e;

	b->dropped++;
	err_set(&e, "%s: events are dropped, since too many wait for it", b->label);
	tell_first(b, &b->drops_told, &e);
}

void
undelivered_use(struct undelivered *b, struct spool *spool)
{
	b->spool = spool;
	for (; spool_count(spool) > 0 && b->queue.first != NULL; line_queue_drop_first(&b->queue)) {
		if (!add_to_spool(b, &b->queue.first->line))
			note_dropped(b);
	}
}

void
undelivered_save(struct undelivered *b)
{
	/* a spool that holds something holds what came later than all this */
	if (b->spool == NULL || spool_count(b->spool) > 0)
		return;
	for (struct queued_line *one = b->queue.first; one != NULL; one = one->next) {
		if (!add_to_spool(b, &one->line))
			break;
		one->spooled_to = spool_end(b->spool);
	}
	spool_skip(b->spool);
}

/* Events that are no alerts leave an eighth of the room to those that are. */
static bool
fits_queue(const struct undelivered *b, const struct event_line *line)
{
	size_t max = b->queue_bytes_max;

	if (line->type != EVENT_ALERT)
		max -= max / 8;
	return b->queue.bytes + line_queue_bytes_of(line) <= max;
}

bool
undelivered_is_full(const struct undelivered *b, const struct event_line *line)
{
	return b->spool == NULL && !fits_queue(b, line);
}

bool
undelivered_put(struct undelivered *b, const struct event_line *line, bool up)
{
	bool taken = false;

	if (b->spool != NULL && !fits_queue(b, line))
		undelivered_save(b);
	if (b->spool != NULL && (!up || spool_count(b->spool) > 0))
		taken = add_to_spool(b, line);
	/* goes in front of all that is spooled; an empty spool that takes nothing is none */
	if (!taken && (b->spool == NULL || spool_count(b->spool) == 0) && fits_queue(b, line))
		taken = line_queue_add(&b->queue, line) != NULL;
	if (!taken)
		note_dropped(b);
	return taken;
}

void
undelivered_load(struct undelivered *b)
{
	struct event_line line;
	struct queued_line *one;
	uint64_t end;
	struct err e;

	while (b->spool != NULL && b->queue.bytes < LOADED_BYTES) {
		enum spool_result result = spool_next(b->spool, &line, &end, &e);

		if (result == SPOOL_FAILED)
			tell_first(b, &b->failure_told, &e);
		if (result != SPOOL_OK || (one = line_queue_add(&b->queue, &line)) == NULL)
			return;
		one->spooled_to = end;
	}
}

static void
done_in_spool(struct undelivered *b, uint64_t end, uint64_t count)
{
	struct err e;

	if (count > 0 && spool_done(b->spool, end, count, &e) < 0)
		undelivered_tell(b, &e);
}

uint64_t
undelivered_arrived(struct undelivered *b, uint64_t sent_to)
{
	struct queued_line *one;
	uint64_t count = 0, spooled = 0, end = 0;

	while ((one = b->queue.first) != b->queue.unsent && one->sent_to <= sent_to) {
		if (one->spooled_to > 0) {
			end = one->spooled_to;
			spooled++;
		}
		count++;
		line_queue_drop_first(&b->queue);
	}
	done_in_spool(b, end, spooled);
	if (undelivered_count(b) == 0)
		b->failure_told = b->drops_told = false;
	return count;
}

void
undelivered_drop_first(struct undelivered *b)
{
	uint64_t end = b->queue.first->spooled_to;

	b->dropped++;
	line_queue_drop_first(&b->queue);
	done_in_spool(b, end, end > 0);
}

void
undelivered_finish(struct undelivered *b)
{
	undelivered_save(b);
	for (; b->queue.first != NULL; line_queue_drop_first(&b->queue))
		b->dropped += b->queue.first->spooled_to == 0;
}

uint64_t
undelivered_count(const struct undelivered *b)
{
	uint64_t count;

	if (b->spool == NULL)
		return b->queue.count;
	count = spool_count(b->spool);
	for (const struct queued_line *one = b->queue.first; one != NULL; one = one->next)
		count += one->spooled_to == 0;
	return count;
}

void
undelivered_release(struct undelivered *b)
{
	line_queue_clear(&b->queue);
	spool_free(&b->spool);
}
