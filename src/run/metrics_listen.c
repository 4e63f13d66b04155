/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/metrics_listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "run/folder.h"
#include "run/quantity.h"

enum { BACKLOG = 16 };

/* What bind(2) takes. */
struct place {
	socklen_t length;
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address;
};

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

static int
read_path(struct place *place_r, const char *path, struct err *e)
{
	struct sockaddr_un *local = &place_r->address.local;

	if (path[0] == '\0' || strlen(path) >= sizeof(local->sun_path))
		return err_set(e, "the path of a Unix socket has 1 to %zu bytes",
		    sizeof(local->sun_path) - 1);
	local->sun_family = AF_UNIX;
	text_copy(local->sun_path, sizeof(local->sun_path), path);
	place_r->length = sizeof(*local);
	return 0;
}

static int
read_place(struct place *place_r, const char *listen, struct err *e)
{
	struct sockaddr_in *v4 = &place_r->address.v4;
	struct sockaddr_in6 *v6 = &place_r->address.v6;

	*place_r = (struct place){ .length = 0 };
	if (strncmp(listen, "unix:", 5) == 0)
		return read_path(place_r, listen + 5, e);
	if (strncmp(listen, "127.0.0.1:", 10) == 0 && parse_port(listen + 10, &v4->sin_port)) {
		v4->sin_family = AF_INET;
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		place_r->length = sizeof(*v4);
		return 0;
	}
	if (strncmp(listen, "[::1]:", 6) == 0 && parse_port(listen + 6, &v6->sin6_port)) {
		v6->sin6_family = AF_INET6;
		v6->sin6_addr = in6addr_loopback;
		place_r->length = sizeof(*v6);
		return 0;
	}
	return err_set(e, "say unix:PATH, 127.0.0.1:PORT or [::1]:PORT");
}

int
metrics_listen_check(const char *listen, struct err *e)
{
	struct place place;

	return read_place(&place, listen, e);
}

static int
look_at_path(const char *path, bool judges, struct err *e)
{
	char *folder;
	struct stat st;
	int result;

	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return err_set(e, "%s: is there, and no socket", path);
	folder = folder_of(path);
	result = folder == NULL ? -1 : judges ? access(folder, W_OK | X_OK) : stat(folder, &st);
	/* somebody else may come there */
	if (result != 0 && (judges || errno != EACCES))
		result = err_set_errno(e, "%s", path);
	else
		result = 0;
	free(folder);
	return result;
}

/* Bound for a moment, and never listened on. */
static int
look_at_port(const struct place *place, const char *listen_on, struct err *e)
{
	int fd = socket(place->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	int result;

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	result = fd >= 0 && (bind(fd, &place->address.any, place->length) == 0 ||
	    errno == EADDRINUSE) ? 0 : err_set_errno(e, "%s", listen_on);
	if (fd >= 0)
		close(fd);
	return result;
}

int
metrics_listen_look(const char *listen, bool judges, struct err *e)
{
	struct place place;

	if (read_place(&place, listen, e) < 0)
		return -1;
	if (place.address.any.sa_family == AF_UNIX)
		return look_at_path(place.address.local.sun_path, judges, e);
	return judges ? look_at_port(&place, listen, e) : 0;
}

int
metrics_listen(const char *listen_on, struct err *e)
{
	struct place place;
	struct err why;
	int fd, on = 1;

	if (read_place(&place, listen_on, &why) < 0)
		return err_set(e, "metrics: %.200s: %.200s", listen_on, why.text);
	if (place.address.any.sa_family == AF_UNIX)
		remove_stale(&place.address.local);
	fd = socket(place.address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd >= 0 && bind(fd, &place.address.any, place.length) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	err_set_errno(e, "metrics: cannot listen on %s", listen_on);
	if (fd >= 0)
		close(fd);
	return -1;
}
