/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 65536 };

struct sink {
	int fd;
	bool owned;		/* close it at the end */
	bool reader_gone;
	const char *path;
	size_t used;
	uint64_t written, dropped;
	char buffer[BUFFER_BYTES];
};

struct sink *
sink_open(const char *path, struct err *e)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set_errno(e, "output");
		return NULL;
	}
	if (path == NULL || strcmp(path, "-") == 0) {
		s->fd = STDOUT_FILENO;
		s->path = "standard output";
		return s;
	}
	s->path = path;
	s->owned = true;
	s->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (s->fd < 0) {
		err_set_errno(e, "%s: cannot be written",
		    path[0] != '\0' ? path : "''");
		free(s);
		return NULL;
	}
	return s;
}

/* Somebody else may have made the pipe one that does not wait. Then we do. */
static void
wait_for_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	poll(&room, 1, -1);
}

static int
write_all(struct sink *s, const char *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t done = write(s->fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN) {
			wait_for_room(s->fd);
			continue;
		}
		if (done < 0) {
			s->reader_gone = errno == EPIPE;
			return err_set_errno(e, "%s: cannot be written", s->path);
		}
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int
sink_flush(struct sink *s, struct err *e)
{
	size_t n = s->used;

	s->used = 0;
	return write_all(s, s->buffer, n, e);
}

int
sink_write(struct sink *s, const char *line, size_t length, struct err *e)
{
	if (s->used + length + 1 > sizeof(s->buffer) && sink_flush(s, e) < 0) {
		s->dropped++;
		return -1;
	}
	if (length + 1 > sizeof(s->buffer)) {
		if (write_all(s, line, length, e) < 0 || write_all(s, "\n", 1, e) < 0) {
			s->dropped++;
			return -1;
		}
	} else {
		memcpy(s->buffer + s->used, line, length);
		s->used += length;
		s->buffer[s->used++] = '\n';
	}
	s->written++;
	return 0;
}

bool
sink_reader_gone(const struct sink *s)
{
	return s->reader_gone;
}

bool
sink_is_terminal(const struct sink *s)
{
	return isatty(s->fd) == 1;
}

void
sink_counters(const struct sink *s, counter_visit *visit, void *ctx)
{
	visit(ctx, "sink.output.written", s->written);
	visit(ctx, "sink.output.dropped", s->dropped);
}

void
sink_free(struct sink **s)
{
	if (*s == NULL)
		return;
	if ((*s)->owned)
		close((*s)->fd);
	free(*s);
	*s = NULL;
}
