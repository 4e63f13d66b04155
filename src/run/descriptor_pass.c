/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/descriptor_pass.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Room for the one descriptor, aligned as the kernel wants it. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

void
descriptor_send(int channel, int fd)
{
	int reason = fd >= 0 ? 0 : errno;
	struct iovec part = { &reason, sizeof(reason) };
	union control control = { .bytes = { 0 } };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(fd)),
			.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	sendmsg(channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* -1 when none came with the answer: the table of descriptors was full. */
static int
take_descriptor(struct msghdr *message)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (header != NULL && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	if (fd < 0)
		errno = EMFILE;
	return fd;
}

int
descriptor_receive(int channel)
{
	int reason = 0;
	struct iovec part = { &reason, sizeof(reason) };
	union control control = { .bytes = { 0 } };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	struct pollfd one = { .fd = channel, .events = POLLIN };
	ssize_t got;

	while ((got = recvmsg(channel, &message, MSG_CMSG_CLOEXEC)) < 0 &&
	    (errno == EINTR || errno == EAGAIN))
		poll(&one, 1, -1);
	if (got != (ssize_t)sizeof(reason)) {
		errno = EIO;
		return -1;
	}
	if (reason != 0) {
		errno = reason;
		return -1;
	}
	return take_descriptor(&message);
}
