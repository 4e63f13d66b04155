/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int
signals_open(const int *numbers, struct err *e)
{
	static const int quiet[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2 };
	sigset_t taken, blocked;
	int fd;

	sigemptyset(&taken);
	for (; *numbers != 0; numbers++)
		sigaddset(&taken, *numbers);
	blocked = taken;
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		sigaddset(&blocked, quiet[i]);
	if (sigprocmask(SIG_SETMASK, &blocked, NULL) != 0)
		return err_set_errno(e, "signals");
	fd = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd >= 0 ? fd : err_set_errno(e, "signals");
}

int
signals_next(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}
