/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard output. Others may hold the same pipe or terminal, so it is not made one
 * that does not wait; it is asked for room, and given no more than it has for sure.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/sink_kind.h"

static enum sink_state
standard_open(struct sink *s, struct err *e)
{
	struct stat st;

	(void)e;
	s->fd = STDOUT_FILENO;
	if (fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode))
		s->within_line = sink_look_at_end("/proc/self/fd/1", st.st_size);
	return SINK_READY;
}

static bool
has_room(const struct sink *s)
{
	struct pollfd room = { .fd = s->fd, .events = POLLOUT };

	while (poll(&room, 1, s->set->patient ? -1 : 0) < 0 && errno == EINTR)
		;
	return room.revents != 0;
}

static enum sink_state
standard_write(struct sink *s, struct span bytes, const struct moment *now, size_t *taken_r,
    struct err *e)
{
	ssize_t done;

	(void)now;
	do {
		if (!has_room(s)) {
			s->wants = POLLOUT;
			return SINK_WAITS;
		}
		done = write(s->fd, bytes.p,
		    s->set->patient || bytes.n < PIPE_BUF ? bytes.n : PIPE_BUF);
	} while (done < 0 && (errno == EINTR || (errno == EAGAIN && s->set->patient)));
	s->wants = done < 0 && errno == EAGAIN ? POLLOUT : 0;
	if (s->wants != 0)
		return SINK_WAITS;
	if (done < 0) {
		s->reader_gone = errno == EPIPE;
		err_set_errno(e, "%s: cannot be written", s->label);
		return SINK_FAILED;
	}
	*taken_r = (size_t)done;
	sink_note_line(s, span_head(bytes, (size_t)done));
	return SINK_READY;
}

/* It is not ours to close. */
static void
standard_close(struct sink *s)
{
	s->fd = -1;
	s->wants = 0;
}

const struct sink_ops sink_standard_ops = {
	.size = sizeof(struct sink),
	.open = standard_open,
	.write = standard_write,
	.close = standard_close,
};
