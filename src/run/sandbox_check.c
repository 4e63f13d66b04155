/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/sandbox_check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "run/sandbox.h"

/* Each tries one thing: 0 when it was done, -1 with errno when not. */

static int
try_open(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static int
try_list(void)
{
	return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
try_create(void)
{
	return open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int
try_internet(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int
try_packet(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int
try_execute(void)
{
	char name[] = "true", *argv[] = { name, NULL }, *none[] = { NULL };

	return execve("/bin/true", argv, none);
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 ? 0 : -1;
}

static int
try_trace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int
try_signal(void)
{
	return kill(getppid(), 0);
}

static int
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? 0 : -1;
}

static int
try_namespace(void)
{
	return (int)syscall(SYS_unshare, CLONE_NEWUSER);
}

static int
try_privilege(void)
{
	return setresuid(0, 0, 0);
}

static const struct attempt {
	const char *what;
	int (*try)(void);
} attempts[] = {
	{ "open a file", try_open },
	{ "list a folder", try_list },
	{ "make a file", try_create },
	{ "open an Internet socket", try_internet },
	{ "open a local socket", try_packet },
	{ "execute a program", try_execute },
	{ "start a process", try_fork },
	{ "be traced", try_trace },
	{ "signal its parent", try_signal },
	{ "make memory that holds code", try_code },
	{ "make a namespace", try_namespace },
	{ "become root", try_privilege },
};

/* Nothing, each layer by itself, and what a worker enters. */
enum layer { LAYER_NONE, LAYER_LANDLOCK, LAYER_SECCOMP, LAYER_ALL, LAYERS };

static int
enter(enum layer layer, struct err *e)
{
	const struct landlock_paths none = { .read = NULL };
	const struct sandbox_plan plan = { .duty = DUTY_PARSE };
	enum sandbox sandbox;

	if (layer == LAYER_NONE)
		return 1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set_errno(e, "no_new_privs");
	switch (layer) {
	case LAYER_LANDLOCK:
		return landlock_enter(&none, e);
	case LAYER_SECCOMP:
		return syscalls_restrict(DUTY_PARSE, e);
	default:
		/* what the kernel lacks shows in the columns of the layers */
		return sandbox_enter(&plan, &sandbox, e) < 0 ? -1 : 1;
	}
}

enum { TRIED_DONE = 10, TRIED_REFUSED, TRIED_MISSING, TRIED_FAILED };

/* What becomes of it, as a wait status. */
static int
attempt_in(const struct attempt *attempt, enum layer layer)
{
	int status = -1;
	struct err e;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int entered = enter(layer, &e);

		if (entered < 0)
			log_warnx("%s", e.text);
		if (entered <= 0)
			_exit(entered < 0 ? TRIED_FAILED : TRIED_MISSING);
		_exit(attempt->try() < 0 ? TRIED_REFUSED : TRIED_DONE);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return status;
}

static bool
is_refused(int status)
{
	return (WIFEXITED(status) && WEXITSTATUS(status) == TRIED_REFUSED) ||
	    (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static const char *
outcome(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? "killed for it" : "ended";
	switch (WEXITSTATUS(status)) {
	case TRIED_REFUSED:
		return "refused";
	case TRIED_MISSING:
		return "(not in this kernel)";
	case TRIED_FAILED:
		return "(cannot be tried)";
	default:
		return "done";
	}
}

enum exit_status
sandbox_check_run(void)
{
	enum exit_status status = EXIT_ALL_READ;

	printf("%-28s %-15s %-22s %-22s %s\n", "what is tried", "free", "Landlock alone",
	    "seccomp alone", "as a worker");
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int became[LAYERS];

		for (int layer = 0; layer < LAYERS; layer++)
			became[layer] = attempt_in(&attempts[i], (enum layer)layer);
		printf("%-28s %-15s %-22s %-22s %s\n", attempts[i].what,
		    outcome(became[LAYER_NONE]), outcome(became[LAYER_LANDLOCK]),
		    outcome(became[LAYER_SECCOMP]), outcome(became[LAYER_ALL]));
		if (!is_refused(became[LAYER_ALL]))
			status = EXIT_INTERNAL;
	}
	puts(status == EXIT_ALL_READ ? "Every restriction holds." :
	    "Not every restriction holds.");
	if (fflush(stdout) != 0) {
		log_warn("standard output");
		return EXIT_INTERNAL;
	}
	return status;
}
