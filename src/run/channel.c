/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* As it goes before every body; eight bytes. */
struct header {
	uint32_t body_bytes;
	uint16_t kind;
	uint16_t version;
};

enum { BUFFER_BYTES = 1 << 20 };	/* asked for; the kernel gives what it allows */

int
channel_pair(int ends_r[2], struct err *e)
{
	const int bytes = BUFFER_BYTES;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends_r) != 0)
		return err_set_errno(e, "a channel between processes");
	for (int i = 0; i < 2; i++)
		setsockopt(ends_r[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	return 0;
}

enum channel_sent
channel_send(int fd, enum message_kind kind, struct span body)
{
	struct header header = { (uint32_t)body.n, (uint16_t)kind, CHANNEL_VERSION };
	struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ (void *)(uintptr_t)body.p, body.n },
	};
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t sent;

	if (body.n > CHANNEL_BODY_MAX)
		return CHANNEL_TOO_LARGE;
	do
		sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return CHANNEL_SENT;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ENOMEM)
		return CHANNEL_FULL;
	return errno == EMSGSIZE ? CHANNEL_TOO_LARGE : CHANNEL_GONE;
}

enum channel_sent
channel_send_patiently(int fd, enum message_kind kind, struct span body, int patience_ms)
{
	enum { STEP_MS = 50 };
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	enum channel_sent sent;

	while ((sent = channel_send(fd, kind, body)) == CHANNEL_FULL && patience_ms > 0) {
		poll(&room, 1, STEP_MS);
		patience_ms -= STEP_MS;
	}
	return sent;
}

int
channel_receive(int fd, struct channel_room *room, struct message *message_r)
{
	struct header header;
	struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ room->body, sizeof(room->body) },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t got;

	do
		got = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? CHANNEL_EMPTY : CHANNEL_CLOSED;
	if (got == 0)
		return CHANNEL_CLOSED;
	if ((size_t)got < sizeof(header) || (message.msg_flags & MSG_TRUNC) != 0 ||
	    header.version != CHANNEL_VERSION || header.kind >= MESSAGE_KINDS ||
	    header.body_bytes != (size_t)got - sizeof(header))
		return CHANNEL_NONSENSE;
	message_r->kind = (enum message_kind)header.kind;
	message_r->body = span_of(room->body, header.body_bytes);
	return 1;
}
