/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "sensor/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A path, or a name behind "@". -1 when it can be neither. */
static int
connect_to(const char *name)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = strlen(name);
	int fd;

	if ((name[0] != '/' && name[0] != '@') || n < 2 || n >= sizeof(to.sun_path))
		return -1;
	memcpy(to.sun_path, name, n);
	if (name[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	n += offsetof(struct sockaddr_un, sun_path);
	if (connect(fd, (const struct sockaddr *)&to, (socklen_t)n) == 0)
		return fd;
	close(fd);
	return -1;
}

void
notify_open(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET"), *us = getenv("WATCHDOG_USEC"),
	    *pid = getenv("WATCHDOG_PID");

	*n = (struct notify){ .fd = name != NULL ? connect_to(name) : -1 };
	if (us != NULL && (pid == NULL || strtol(pid, NULL, 10) == getpid()))
		n->patience_ns = strtoll(us, NULL, 10) * 1000;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void
notify_say(const struct notify *n, const char *words)
{
	if (n->fd != -1)
		send(n->fd, words, strlen(words), MSG_NOSIGNAL);
}
