/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that do many things are allowed for what is needed alone, by what a process is there
 * for. What a worker may do is tried by "watch --sandbox-check".
 */
#include "config.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/syscalls.h"

enum { JUDGE = 1 << DUTY_JUDGE, WRITE = 1 << DUTY_WRITE, SERVE = 1 << DUTY_SERVE,
	NOBODY = 0, EVERYBODY = JUDGE | WRITE | SERVE };

/* On one end of a local socket; the parent's number was asked for before. */
struct held {
	int fd;
	pid_t parent;
};

static int
set_owner(const struct held *h)
{
	return fcntl(h->fd, F_SETOWN, h->parent);
}

static int
set_signal(const struct held *h)
{
	return fcntl(h->fd, F_SETSIG, SIGKILL);
}

static int
set_async(const struct held *h)
{
	return fcntl(h->fd, F_SETFL, O_ASYNC);
}

static int
set_async_by_ioctl(const struct held *h)
{
	int on = 1;

	return ioctl(h->fd, FIOASYNC, &on);
}

static int
set_owner_by_ioctl(const struct held *h)
{
	return ioctl(h->fd, FIOSETOWN, &h->parent);
}

static int
copy(const struct held *h)
{
	return fcntl(h->fd, F_DUPFD, 0);
}

static int
set_nonblocking(const struct held *h)
{
	return fcntl(h->fd, F_SETFL, fcntl(h->fd, F_GETFL) | O_NONBLOCK);
}

static int
set_lock(const struct held *h)
{
	struct flock lock = { .l_type = F_RDLCK };

	/* no file, but asked */
	return fcntl(h->fd, F_SETLK, &lock) == 0 || errno != EPERM ? 0 : -1;
}

static int
ask_unsent(const struct held *h)
{
	int unsent;

	return ioctl(h->fd, SIOCOUTQ, &unsent);
}

static int
type_into_terminal(const struct held *h)
{
	/* no terminal, but asked */
	return ioctl(h->fd, TIOCSTI, "x") == 0 || errno != EPERM ? 0 : -1;
}

static int
open_internet(const struct held *h)
{
	(void)h;
	return socket(AF_INET, SOCK_DGRAM, 0);
}

static int
open_other(const struct held *h)
{
	(void)h;
	/* may not for other reasons, but is asked */
	return socket(AF_VSOCK, SOCK_STREAM, 0) >= 0 || errno != EPERM ? 0 : -1;
}

static int
ask_own_limit(const struct held *h)
{
	struct rlimit limit;

	(void)h;
	return prlimit(0, RLIMIT_NOFILE, NULL, &limit);
}

static int
set_parents_limit(const struct held *h)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	return prlimit(h->parent, RLIMIT_CPU, NULL, &limit);
}

static int
kill_parent(const struct held *h)
{
	return kill(h->parent, 0);
}

static int
execute(const struct held *h)
{
	char name[] = "true", *argv[] = { name, NULL }, *none[] = { NULL };

	(void)h;
	return execve("/bin/true", argv, none);
}

static int
try_in_child(int (*try)(const struct held *h), enum duty duty)
{
	const pid_t parent = getpid();
	int status, ends[2];
	struct err e;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	pid = fork();
	if (pid == 0) {
		const struct held held = { ends[0], parent };

		if (syscalls_restrict(duty, -1, &e) != 1)
			_exit(2);
		_exit(try(&held) < 0 && errno == EPERM);
	}
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
calls_are_allowed_for_what_is_needed(void **state)
{
	static const struct {
		const char *what;
		int (*try)(const struct held *h);
		unsigned allowed;
	} rows[] = {
		{ "F_SETOWN", set_owner, NOBODY },
		{ "F_SETSIG", set_signal, NOBODY },
		{ "O_ASYNC", set_async, NOBODY },
		{ "FIOASYNC", set_async_by_ioctl, NOBODY },
		{ "FIOSETOWN", set_owner_by_ioctl, NOBODY },
		{ "TIOCSTI", type_into_terminal, NOBODY },
		{ "F_DUPFD", copy, NOBODY },
		{ "another's limits", set_parents_limit, NOBODY },
		{ "another family of sockets", open_other, NOBODY },
		{ "kill()", kill_parent, NOBODY },
		{ "execve()", execute, NOBODY },
		{ "O_NONBLOCK", set_nonblocking, EVERYBODY },
		{ "F_SETLK", set_lock, JUDGE | WRITE },
		{ "own limits", ask_own_limit, JUDGE | WRITE },
		{ "SIOCOUTQ", ask_unsent, WRITE },
		{ "AF_INET", open_internet, WRITE },
	};
	static const enum duty duties[] = { DUTY_JUDGE, DUTY_WRITE, DUTY_SERVE };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t j = 0; j < sizeof(duties) / sizeof(duties[0]); j++) {
			const int refused = (rows[i].allowed >> duties[j] & 1) == 0;

			if (try_in_child(rows[i].try, duties[j]) != refused)
				fail_msg("%s, duty %d: %s", rows[i].what, (int)duties[j],
				    refused ? "allowed" : "refused");
		}
	}
}

static void
no_program_is_executed_any_more(void **state)
{
	const struct held held = { -1, 0 };
	struct err e;
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		if (syscalls_forbid_programs(&e) != 1)
			_exit(2);
		/* and everything else is as it was */
		_exit(execute(&held) < 0 && errno == EPERM && open_internet(&held) >= 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_allowed_for_what_is_needed),
		cmocka_unit_test(no_program_is_executed_any_more),
	};

	/* a filter is for those who can get no more rights */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
