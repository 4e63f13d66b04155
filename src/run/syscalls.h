/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SYSCALLS_H
#define RUN_SYSCALLS_H

#include "base/err.h"

/* What a process may ask of the kernel, by what it is there for. */
enum duty {
	DUTY_PARSE,	/* reads the wire: memory, time, and the descriptors that it has */
	DUTY_JUDGE,	/* ... and files */
	DUTY_WRITE,	/* ... and sockets */
	DUTY_SERVE,	/* answers on the socket that it has; no file, no other socket */
};

/*
 * Allow these system calls and no others (seccomp, through libseccomp), for good. Who reads
 * the wire may send to that channel, write to standard error, and to no other
 * descriptor: it holds sockets that send into a network. It is killed for any other
 * call, but for opening files, which is refused with EPERM: libraries try it. The others
 * are refused, since they do more that changes with libraries; the channel does not matter.
 * 1 when it holds, 0 when this kernel cannot, -1 with *e set.
 */
int syscalls_restrict(enum duty duty, int channel, struct err *e);

/* Neither we nor our children execute a program, for good. Answers as above. */
int syscalls_forbid_programs(struct err *e);

#endif
