/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/metrics_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "run/quantity.h"

enum { BACKLOG = 16 };

/* Bind and listen; takes the socket over. */
static int
bind_it(int fd, const void *address, socklen_t length, const char *listen_on, struct err *e)
{
	int on = 1;

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd >= 0 && bind(fd, address, length) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	err_set_errno(e, "metrics: cannot listen on %s", listen_on);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A socket that an earlier program left behind, which nobody answers any more. */
static void
remove_stale(const struct sockaddr_un *address)
{
	struct stat st;
	int fd;

	if (lstat(address->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
	    errno == ECONNREFUSED)
		(void)unlink(address->sun_path);
	close(fd);
}

static int
listen_unix(const char *listen_on, const char *path, struct err *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (path[0] == '\0' || strlen(path) >= sizeof(address.sun_path))
		return err_set(e, "metrics: the path of a Unix socket has 1 to %zu bytes",
		    sizeof(address.sun_path) - 1);
	text_copy(address.sun_path, sizeof(address.sun_path), path);
	remove_stale(&address);
	return bind_it(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), &address,
	    sizeof(address), listen_on, e);
}

static bool
parse_port(const char *text, in_port_t *port_r)
{
	struct err unused;
	uint64_t port;

	if (quantity_number(text, 0, 65535, &port, &unused) < 0)
		return false;
	*port_r = htons((uint16_t)port);
	return true;
}

int
metrics_listen(const char *listen, struct err *e)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (strncmp(listen, "unix:", 5) == 0)
		return listen_unix(listen, listen + 5, e);
	if (strncmp(listen, "127.0.0.1:", 10) == 0 && parse_port(listen + 10, &v4.sin_port))
		return bind_it(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
		    &v4, sizeof(v4), listen, e);
	if (strncmp(listen, "[::1]:", 6) == 0 && parse_port(listen + 6, &v6.sin6_port))
		return bind_it(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
		    &v6, sizeof(v6), listen, e);
	return err_set(e, "metrics: %.200s: say unix:PATH, 127.0.0.1:PORT or [::1]:PORT; there is "
	    "no password, so nothing else is listened on", listen);
}
