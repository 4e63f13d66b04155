/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is appended to, or a named pipe. In a regular file a line is whole or not
 * there: what was begun when the disk filled up is taken back.
 */
/* memrchr(3) */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/rotate.h"
#include "sink/sink_kind.h"

struct sink_file {
	struct sink sink;
	uint64_t bytes;		/* in the file */
	int64_t period;		/* of the last write; see rotate_period() */
};

static enum sink_state
file_open(struct sink *s, struct err *e)
{
	struct sink_file *f = (struct sink_file *)s;
	struct stat st;
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;

	/* a named pipe without a reader must not keep the others waiting */
	s->fd = open(s->set->path, s->set->patient ? flags : flags | O_NONBLOCK, 0640);
	if (s->fd < 0 || fstat(s->fd, &st) < 0) {
		err_set_errno(e, "%s: cannot be written", s->label);
		return SINK_FAILED;
	}
	s->regular = S_ISREG(st.st_mode);
	f->bytes = (uint64_t)st.st_size;
	if (s->regular)
		s->within_line = sink_look_at_end(s->set->path, st.st_size);
	f->period = rotate_period(s->set->rotate_s, st.st_mtime);
	return SINK_READY;
}

/* Put the file aside when it is time, and begin a new one. */
static enum sink_state
turn_over(struct sink_file *f, size_t more, const struct moment *now, struct err *e)
{
	struct sink *s = &f->sink;
	int64_t period = rotate_period(s->set->rotate_s, now->wall_s);
	bool too_large = s->set->rotate_bytes > 0 && f->bytes + more > s->set->rotate_bytes;

	if (s->regular && f->bytes > 0 && (too_large || period != f->period)) {
		if (rotate_files(s->set->path, s->set->keep, e) < 0)
			return SINK_FAILED;
		sink_close_descriptor(s);
		if (file_open(s, e) == SINK_FAILED)
			return SINK_FAILED;
	}
	f->period = period;
	return SINK_READY;
}

/* The disk is full in the middle of a line: take that back. Returns what stays, whole lines. */
static size_t
take_back(struct sink_file *f, struct span written)
{
	const uint8_t *end = written.n > 0 ? memrchr(written.p, '\n', written.n) : NULL;
	size_t whole = end != NULL ? (size_t)(end - written.p) + 1 : 0;
	struct stat st;

	/* only where nobody else has written behind it */
	if (!f->sink.regular || fstat(f->sink.fd, &st) < 0 ||
	    (uint64_t)st.st_size != f->bytes + written.n ||
	    ftruncate(f->sink.fd, (off_t)(f->bytes + whole)) < 0)
		return written.n;
	return whole;
}

static void
wait_for_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	poll(&room, 1, -1);
}

/* Write until everything is written, there is no room, or it fails: -1 with errno. */
static int
write_much(const struct sink *s, struct span bytes, size_t *done_r)
{
	for (*done_r = 0; *done_r < bytes.n;) {
		ssize_t n = write(s->fd, bytes.p + *done_r, bytes.n - *done_r);

		if (n >= 0)
			*done_r += (size_t)n;
		else if (errno == EAGAIN && s->set->patient)
			wait_for_room(s->fd);
		else if (errno == EAGAIN)
			return 0;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

static enum sink_state
file_write(struct sink *s, struct span bytes, const struct moment *now, size_t *taken_r,
    struct err *e)
{
	struct sink_file *f = (struct sink_file *)s;
	size_t done;

	if (turn_over(f, bytes.n, now, e) == SINK_FAILED)
		return SINK_FAILED;
	if (write_much(s, bytes, &done) < 0) {
		s->reader_gone = errno == EPIPE;
		err_set_errno(e, "%s: cannot be written", s->label);
		done = take_back(f, span_head(bytes, done));
		/* what was written counts; the next attempt fails at once */
		if (done == 0)
			return SINK_FAILED;
	}
	f->bytes += done;
	sink_note_line(s, span_head(bytes, done));
	*taken_r = done;
	s->wants = done < bytes.n ? POLLOUT : 0;
	return done > 0 ? SINK_READY : SINK_WAITS;
}

const struct sink_ops sink_file_ops = {
	.size = sizeof(struct sink_file),
	.open = file_open,
	.write = file_write,
	.close = sink_close_descriptor,
};
