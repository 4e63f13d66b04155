/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sink/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "sink/sink_kind.h"

static const struct {
	const struct sink_ops *ops;
	const char *scheme;
} kinds[] = {
	[SINK_STANDARD] = { &sink_standard_ops, "" },
	[SINK_FILE] = { &sink_file_ops, "" },
	[SINK_UNIX_STREAM] = { &sink_unix_ops, "unix" },
	[SINK_UNIX_DATAGRAM] = { &sink_unix_ops, "unix+dgram" },
	[SINK_SYSLOG_LOCAL] = { &sink_unix_ops, "syslog" },
	[SINK_SYSLOG_UDP] = { &sink_udp_ops, "syslog+udp" },
	[SINK_SYSLOG_TCP] = { &sink_tcp_ops, "syslog+tcp" },
	[SINK_SYSLOG_TLS] = { &sink_tls_ops, "syslog+tls" },
};

static void
name_it(struct sink *s)
{
	const struct sink_settings *set = s->set;
	const char *scheme = kinds[set->kind].scheme;

	if (set->kind == SINK_STANDARD)
		text_copy(s->label, sizeof(s->label), "standard output");
	else if (set->kind == SINK_FILE)
		text_copy(s->label, sizeof(s->label), set->path[0] != '\0' ? set->path : "''");
	else if (set->path != NULL)
		snprintf(s->label, sizeof(s->label), "%s:%s", scheme, set->path);
	else
		snprintf(s->label, sizeof(s->label), "%s:%s:%s", scheme, set->host, set->port);
}

struct sink *
sink_new(const struct sink_settings *settings, struct err *e)
{
	const struct sink_ops *ops = kinds[settings->kind].ops;
	struct sink *s = calloc(1, ops->size);

	if (s == NULL) {
		err_set_errno(e, "output");
		return NULL;
	}
	s->ops = ops;
	s->set = settings;
	s->fd = -1;
	s->within_line = settings->resumed && settings->kind <= SINK_FILE;
	name_it(s);
	return s;
}

int
sink_prepare(struct sink *s, struct err *e)
{
	if (!s->prepared)
		s->prepared = s->ops->prepare == NULL || s->ops->prepare(s, e) == 0;
	return s->prepared ? 0 : -1;
}

enum sink_state
sink_open(struct sink *s, struct err *e)
{
	enum sink_state state = sink_prepare(s, e) < 0 ? SINK_FAILED : s->ops->open(s, e);

	if (state == SINK_FAILED)
		sink_close(s);
	return state;
}

enum sink_state
sink_write(struct sink *s, struct span bytes, const struct moment *now, size_t *taken_r,
    struct err *e)
{
	enum sink_state state;

	*taken_r = 0;
	state = s->ops->write(s, bytes, now, taken_r, e);
	if (state == SINK_FAILED)
		sink_close(s);
	return state;
}

enum sink_state
sink_settled(struct sink *s, struct err *e)
{
	enum sink_state state;

	if (s->ops->settled == NULL)
		return SINK_READY;
	state = s->ops->settled(s, e);
	if (state == SINK_FAILED)
		sink_close(s);
	return state;
}

void
sink_close(struct sink *s)
{
	s->ops->close(s);
}

int
sink_poll(const struct sink *s, short *events_r)
{
	*events_r = s->wants;
	return s->fd;
}

bool
sink_is_datagram(const struct sink *s)
{
	return s->datagram;
}

bool
sink_is_terminal(const struct sink *s)
{
	return s->fd >= 0 && isatty(s->fd) == 1;
}

bool
sink_ends_within_line(const struct sink *s)
{
	return s->within_line;
}

bool
sink_may_be_renamed(const struct sink *s)
{
	return s->regular;
}

bool
sink_reader_gone(const struct sink *s)
{
	return s->reader_gone;
}

const char *
sink_label(const struct sink *s)
{
	return s->label;
}

void
sink_free(struct sink **s)
{
	if (*s == NULL)
		return;
	sink_close(*s);
	if ((*s)->ops->release != NULL)
		(*s)->ops->release(*s);
	free(*s);
	*s = NULL;
}

enum sink_state
sink_send(struct sink *s, struct span bytes, size_t *taken_r, struct err *e)
{
	ssize_t done;

	do {
		done = send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (done < 0 && errno == ENOTSOCK)
			done = write(s->fd, bytes.p, bytes.n);
	} while (done < 0 && errno == EINTR);
	if (done < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
		s->wants = POLLIN | POLLOUT;
		return SINK_WAITS;
	}
	s->wants = POLLIN;
	/* larger than the socket will ever carry: nothing is wrong with the peer */
	if (done < 0 && errno == EMSGSIZE && s->datagram)
		return SINK_READY;
	if (done < 0) {
		err_set_errno(e, "%s: cannot be written", s->label);
		return SINK_FAILED;
	}
	*taken_r = (size_t)done;
	return SINK_READY;
}

bool
sink_look_at_end(const char *path, off_t size)
{
	char last = '\0';
	int fd;

	if (size == 0)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0) {
		(void)!pread(fd, &last, sizeof(last), size - 1);
		close(fd);
	}
	return last != '\n';
}

void
sink_note_line(struct sink *s, struct span written)
{
	if (written.n > 0)
		s->within_line = written.p[written.n - 1] != '\n';
}

enum sink_state
sink_peer_there(struct sink *s, struct err *e)
{
	char unread[512];
	ssize_t n;

	do
		n = recv(s->fd, unread, sizeof(unread), MSG_DONTWAIT);
	while (n > 0 || (n == 0 && s->datagram) || (n < 0 && errno == EINTR));
	if (n < 0 && errno == EAGAIN)
		return SINK_READY;
	if (n == 0)
		err_set(e, "%s: the other end closed the connection", s->label);
	else
		err_set_errno(e, "%s: the connection broke", s->label);
	return SINK_FAILED;
}

enum sink_state
sink_stream_settled(struct sink *s, struct err *e)
{
	int unsent = 0;
	bool asked = ioctl(s->fd, SIOCOUTQ, &unsent) == 0;

	/* the queue is also empty when the connection has just broken: so look at it afterwards */
	if (sink_peer_there(s, e) == SINK_FAILED)
		return SINK_FAILED;
	return asked && unsent > 0 ? SINK_WAITS : SINK_READY;
}

void
sink_close_descriptor(struct sink *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->regular = false;
	s->wants = 0;
}
