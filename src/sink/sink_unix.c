/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unix sockets that somebody else listens on: streams and datagrams as those of
 * Suricata's EVE, and the local socket of syslog, which is either.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"
#include "sink/sink_kind.h"

/* Room for a burst: the usual buffer holds few datagrams of this size. */
enum { SEND_BUFFER_BYTES = 1 << 20 };

static int
unix_prepare(struct sink *s, struct err *e)
{
	struct sockaddr_un address;

	if (strlen(s->set->path) >= sizeof(address.sun_path))
		return err_set(e, "%s: the path of a Unix socket has at most %zu bytes", s->label,
		    sizeof(address.sun_path) - 1);
	return 0;
}

/* Connect with this type; -1 with errno. */
static int
try_type(struct sink *s, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int room = SEND_BUFFER_BYTES, saved;

	s->datagram = type == SOCK_DGRAM;
	s->fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -1;
	text_copy(address.sun_path, sizeof(address.sun_path), s->set->path);
	if (connect(s->fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		(void)setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
		return 0;
	}
	saved = errno;
	sink_close_descriptor(s);
	errno = saved;
	return -1;
}

static enum sink_state
unix_open(struct sink *s, struct err *e)
{
	int type = s->set->kind == SINK_UNIX_STREAM ? SOCK_STREAM : SOCK_DGRAM;
	int failed = try_type(s, type);

	if (failed && errno == EPROTOTYPE && s->set->kind == SINK_SYSLOG_LOCAL)
		failed = try_type(s, SOCK_STREAM);
	if (failed) {
		err_set_errno(e, "%s: nobody listens", s->label);
		return SINK_FAILED;
	}
	s->wants = POLLIN;
	return SINK_READY;
}

static enum sink_state
unix_write(struct sink *s, struct span bytes, const struct moment *now, size_t *taken_r,
    struct err *e)
{
	(void)now;
	return sink_send(s, bytes, taken_r, e);
}

static enum sink_state
unix_settled(struct sink *s, struct err *e)
{
	/* what lies unread in a datagram socket shares the fate of its reader */
	return s->datagram ? SINK_READY : sink_stream_settled(s, e);
}

const struct sink_ops sink_unix_ops = {
	.size = sizeof(struct sink),
	.prepare = unix_prepare,
	.open = unix_open,
	.write = unix_write,
	.settled = unix_settled,
	.close = sink_close_descriptor,
};
