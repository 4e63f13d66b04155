/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/spool_format.h"

enum { FIRST_LOOK_BYTES = 4096, WHOLE_LOOK_BYTES = SPOOL_EVENT_HEAD_SIZE + SPOOL_TEXT_MAX };

struct spool {
	int fd;
	char *path;
	uint64_t bytes_max;
	uint64_t moved;		/* positions minus this are places in the file */
	uint64_t done, unread, end;	/* positions */
	uint32_t turn;		/* of the mark that was written last */
	uint64_t count, torn;
	uint8_t buffer[WHOLE_LOOK_BYTES];
};

static int
write_whole(int fd, const void *data, size_t n, uint64_t place)
{
	const uint8_t *p = data;

	while (n > 0) {
		ssize_t done = pwrite(fd, p, n, (off_t)place);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
		place += (size_t)done;
	}
	return 0;
}

/* What stands from a place of the file on, at most so many bytes. */
static struct span
look_at(struct spool *s, uint64_t place, size_t want)
{
	size_t n = 0;

	while (n < want) {
		ssize_t got = pread(s->fd, s->buffer + n, want - n, (off_t)(place + n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return span_of(s->buffer, n);
}

/* The event at a position; SPOOL_EVENT_UNFINISHED only where the file ends. */
static enum spool_event
event_at(struct spool *s, uint64_t position, struct event_line *line_r, size_t *used_r)
{
	uint64_t place = position - s->moved, left = s->end - position;
	struct span bytes = look_at(s, place, FIRST_LOOK_BYTES);
	enum spool_event event = spool_read_event(bytes, line_r, used_r);

	if (event != SPOOL_EVENT_WHOLE && bytes.n < left) {
		bytes = look_at(s, place, WHOLE_LOOK_BYTES);
		event = spool_read_event(bytes, line_r, used_r);
	}
	return event == SPOOL_EVENT_UNFINISHED && bytes.n < left ? SPOOL_EVENT_DAMAGED : event;
}

static int
say_damaged(const struct spool *s, const char *where, uint64_t place, struct err *e)
{
	return err_set(e, "%s: this spool is damaged (%s, byte %" PRIu64 ") and was left as it "
	    "is; move it away to begin a new one", s->path, where, place);
}

static int
begin_file(struct spool *s, struct err *e)
{
	uint8_t head[SPOOL_HEAD_SIZE];

	spool_write_head(head);
	if (write_whole(s->fd, head, sizeof(head), 0) < 0)
		return err_set_errno(e, "%s: cannot be written", s->path);
	s->turn = 1;
	s->done = s->unread = s->end = SPOOL_HEAD_SIZE;
	return 0;
}

/* The first program that had it died before the head was whole: nothing was in it. */
static int
begin_again(struct spool *s, uint64_t size, struct err *e)
{
	uint8_t head[SPOOL_HEAD_SIZE];
	struct span bytes = look_at(s, 0, (size_t)size);

	spool_write_head(head);
	if (!span_equals(bytes, span_of(head, (size_t)size)))
		return say_damaged(s, "it does not begin like one", 0, e);
	return begin_file(s, e);
}

/* Read a file that was there, and cut off what was not finished. */
static int
take_over(struct spool *s, uint64_t size, struct err *e)
{
	struct spool_mark mark;
	struct event_line line;
	size_t used = 0;
	uint64_t at;

	if (!spool_read_head(look_at(s, 0, SPOOL_HEAD_SIZE), &mark))
		return say_damaged(s, "it does not begin like one", 0, e);
	/* all was done, and the file was being emptied */
	if (size == SPOOL_HEAD_SIZE)
		return begin_file(s, e);
	if (mark.position > size)
		return say_damaged(s, "it is shorter than what was delivered", size, e);
	s->turn = mark.turn;
	s->done = s->unread = at = mark.position;
	s->end = size;
	while (at < size) {
		switch (event_at(s, at, &line, &used)) {
		case SPOOL_EVENT_DAMAGED:
			return say_damaged(s, "an event", at, e);
		case SPOOL_EVENT_UNFINISHED:
			s->torn++;
			s->end = size = at;
			break;
		case SPOOL_EVENT_WHOLE:
			s->count++;
			at += used;
			break;
		}
	}
	if (s->torn > 0 && ftruncate(s->fd, (off_t)s->end) < 0)
		return err_set_errno(e, "%s: cannot be cut", s->path);
	return 0;
}

static int
use_file(struct spool *s, uint64_t size, struct err *e)
{
	return size < SPOOL_HEAD_SIZE ? begin_again(s, size, e) : take_over(s, size, e);
}

static int
open_and_lock(const char *path, int flags, struct stat *st_r, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);

	if (fd < 0)
		return err_set_errno(e, "%s: the spool cannot be opened", path);
	if (fstat(fd, st_r) < 0 || !S_ISREG(st_r->st_mode))
		err_set(e, "%s: the spool is no regular file", path);
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		err_set(e, "%s: another stripwatch, or another output, uses this spool", path);
	else
		return fd;
	close(fd);
	return -1;
}

struct spool *
spool_open(const char *path, uint64_t bytes_max, struct err *e)
{
	struct spool *s = calloc(1, sizeof(*s));
	struct stat st;

	if (s == NULL || (s->path = strdup(path)) == NULL) {
		err_set_errno(e, "spool");
		free(s);
		return NULL;
	}
	s->bytes_max = bytes_max < SPOOL_BYTES_MIN ? SPOOL_BYTES_MIN : bytes_max;
	s->fd = open_and_lock(path, 0, &st, e);
	if (s->fd < 0 || use_file(s, (uint64_t)st.st_size, e) < 0)
		spool_free(&s);
	return s;
}

static bool
has_room(const struct spool *s, const struct event_line *line)
{
	uint64_t waiting = s->end - s->done, more = SPOOL_EVENT_HEAD_SIZE + line->text.n;
	uint64_t max = line->type == EVENT_ALERT ? s->bytes_max :
	    s->bytes_max - s->bytes_max / 8;

	/* what is done takes room in the file until it is made anew */
	return waiting + more <= max && s->end - s->moved + more <= 2 * s->bytes_max;
}

enum spool_result
spool_add(struct spool *s, const struct event_line *line, struct err *e)
{
	uint8_t head[SPOOL_EVENT_HEAD_SIZE];
	uint64_t place = s->end - s->moved;

	if (line->text.n > SPOOL_TEXT_MAX || !has_room(s, line))
		return SPOOL_NOTHING;
	spool_write_event(head, line);
	if (write_whole(s->fd, head, sizeof(head), place) < 0 ||
	    write_whole(s->fd, line->text.p, line->text.n, place + sizeof(head)) < 0) {
		err_set_errno(e, "%s: cannot be written", s->path);
		(void)!ftruncate(s->fd, (off_t)place);
		return SPOOL_FAILED;
	}
	s->end += sizeof(head) + line->text.n;
	s->count++;
	return SPOOL_OK;
}

enum spool_result
spool_next(struct spool *s, struct event_line *line_r, uint64_t *end_r, struct err *e)
{
	size_t used = 0;

	if (s->unread == s->end)
		return SPOOL_NOTHING;
	if (event_at(s, s->unread, line_r, &used) != SPOOL_EVENT_WHOLE) {
		say_damaged(s, "an event", s->unread - s->moved, e);
		return SPOOL_FAILED;
	}
	s->unread += used;
	*end_r = s->unread;
	return SPOOL_OK;
}

static int
mark_done(struct spool *s, int fd, uint64_t place, struct err *e)
{
	struct spool_mark mark = { .turn = s->turn + 1, .position = place };
	uint8_t bytes[SPOOL_MARK_SIZE];

	spool_write_mark(bytes, &mark);
	if (write_whole(fd, bytes, sizeof(bytes), spool_mark_place(mark.turn)) < 0)
		return err_set_errno(e, "%s: cannot be written", s->path);
	s->turn = mark.turn;
	return 0;
}

/* Nothing waits: the file shrinks to its head. Whenever that ends, it is found to be empty. */
static int
empty_file(struct spool *s, struct err *e)
{
	if (mark_done(s, s->fd, s->end - s->moved, e) < 0)
		return -1;
	if (ftruncate(s->fd, SPOOL_HEAD_SIZE) < 0)
		return err_set_errno(e, "%s: cannot be cut", s->path);
	if (mark_done(s, s->fd, SPOOL_HEAD_SIZE, e) < 0)
		return -1;
	s->moved = s->end - SPOOL_HEAD_SIZE;
	return 0;
}

static int
copy_waiting(struct spool *s, int to)
{
	uint8_t head[SPOOL_HEAD_SIZE];
	uint64_t place = SPOOL_HEAD_SIZE;
	struct span bytes;

	spool_write_head(head);
	if (write_whole(to, head, sizeof(head), 0) < 0)
		return -1;
	for (uint64_t at = s->done; at < s->end; at += bytes.n, place += bytes.n) {
		uint64_t left = s->end - at;

		bytes = look_at(s, at - s->moved,
		    left < WHOLE_LOOK_BYTES ? (size_t)left : (size_t)WHOLE_LOOK_BYTES);
		if (bytes.n == 0 || write_whole(to, bytes.p, bytes.n, place) < 0)
			return -1;
	}
	return 0;
}

/* Make the file anew without what is done, beside it and then in its place. */
static void
shorten_file(struct spool *s)
{
	char beside[PATH_MAX];
	struct stat st;
	struct err unused;
	int fd;

	if (snprintf(beside, sizeof(beside), "%s.new", s->path) >= PATH_MAX)
		return;
	(void)unlink(beside);
	fd = open_and_lock(beside, O_EXCL, &st, &unused);
	if (fd < 0)
		return;
	if (copy_waiting(s, fd) < 0 || rename(beside, s->path) < 0) {
		/* it goes on in the file that it has */
		(void)unlink(beside);
		close(fd);
		return;
	}
	close(s->fd);
	s->fd = fd;
	s->turn = 1;
	s->moved = s->done - SPOOL_HEAD_SIZE;
}

int
spool_done(struct spool *s, uint64_t end, uint64_t count, struct err *e)
{
	s->done = end;
	s->count -= count < s->count ? count : s->count;
	if (s->done == s->end)
		return empty_file(s, e);
	if (mark_done(s, s->fd, s->done - s->moved, e) < 0)
		return -1;
	if (s->done - s->moved > s->bytes_max / 2)
		shorten_file(s);
	return 0;
}

uint64_t
spool_end(const struct spool *s)
{
	return s->end;
}

void
spool_skip(struct spool *s)
{
	s->unread = s->end;
}

uint64_t
spool_count(const struct spool *s)
{
	return s->count;
}

uint64_t
spool_torn(const struct spool *s)
{
	return s->torn;
}

void
spool_free(struct spool **s)
{
	if (*s == NULL)
		return;
	if ((*s)->fd >= 0)
		close((*s)->fd);
	free((*s)->path);
	free(*s);
	*s = NULL;
}
