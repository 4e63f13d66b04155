/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* Standard error is one for the whole process, and so is how it is written to. */
static struct {
	bool hurried;
	uint64_t dropped;
} state;

/*
 * Others hold the same pipe, so it is opened anew and not made one that does not wait: two
 * processes may both see room for one message. Where that cannot be, seeing has to do.
 */
void
log_never_wait(void)
{
	struct stat st;
	int fd;

	state.hurried = true;
	if (fstat(STDERR_FILENO, &st) < 0 || !S_ISFIFO(st.st_mode))
		return;
	fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

uint64_t
log_dropped(void)
{
	return state.dropped;
}

/* What there is room for goes at once, and whole up to PIPE_BUF bytes. */
static bool
write_now(const char *line, size_t n)
{
	struct pollfd room = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&room, 1, 0) == 1 && (room.revents & POLLOUT) != 0 &&
	    write(STDERR_FILENO, line, n) == (ssize_t)n;
}

__attribute__((format(printf, 2, 0)))
static void
log_line(const char *command, const char *format, va_list args, const char *why)
{
	char text[1024], shown[2048], line[PIPE_BUF];

	vsnprintf(text, sizeof(text), format, args);
	text_show(shown, sizeof(shown), span_text(text));
	snprintf(line, sizeof(line), "stripwatch%s%s: %s%s%s\n", command != NULL ? " " : "",
	    command != NULL ? command : "", shown, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	if (!state.hurried)
		fputs(line, stderr);
	else if (!write_now(line, strlen(line)))
		state.dropped++;
}

void
log_warn(const char *format, ...)
{
	const char *why = strerror(errno);
	va_list args;

	va_start(args, format);
	log_line(NULL, format, args, why);
	va_end(args);
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(NULL, format, args, NULL);
	va_end(args);
}

void
log_usage(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(command, format, args, NULL);
	va_end(args);
}
