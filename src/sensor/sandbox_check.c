/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "sensor/sandbox_check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "run/sandbox.h"

/* What a worker has open: a capture, here of the loopback interface, and a way to speak. */
struct held {
	int capture, channel;
	unsigned loopback;
	pid_t parent;
	bool is_packet;		/* or else no right to capture, and a local socket in its place */
};

static int
hold(struct held *h)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET };
	int ends[2], others[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0 ||
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, others) != 0)
		return -1;
	h->parent = getppid();	/* a question that is not allowed later */
	h->channel = ends[0];
	h->capture = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	h->loopback = if_nametoindex("lo");
	here.sll_ifindex = (int)h->loopback;
	h->is_packet = h->capture >= 0 &&
	    bind(h->capture, (const struct sockaddr *)&here, sizeof(here)) == 0;
	if (!h->is_packet)
		h->capture = others[0];
	return 0;
}

/* Each tries one thing: 0 when it was done, -1 with errno when not. */

/* Nobody takes it: of a type that is there for local experiments. */
static const uint8_t nobodys[60] = { 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };

static int
try_send(const struct held *h)
{
	return write(h->capture, nobodys, sizeof(nobodys)) > 0 ? 0 : -1;
}

/* The interface is chosen with the packet. */
static int
try_send_elsewhere(const struct held *h)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)h->loopback };
	struct iovec part = { (void *)(uintptr_t)nobodys, sizeof(nobodys) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (h->is_packet) {
		message.msg_name = &to;
		message.msg_namelen = sizeof(to);
	}
	return sendmsg(h->capture, &message, 0) > 0 ? 0 : -1;
}

/* Standard output may be where events go. */
static int
try_print(void)
{
	return write(STDOUT_FILENO, "", 0) == 0 ? 0 : -1;
}

/* Over the channel, to which it may write. */
static int
try_copy(const struct held *h)
{
	return dup2(h->capture, h->channel);
}

static int
try_copy_by_fcntl(const struct held *h)
{
	return fcntl(h->capture, F_DUPFD_CLOEXEC, 0);
}

/* Who shares it would wait where he does not. */
static int
try_change(const struct held *h)
{
	return fcntl(h->channel, F_SETFL, 0);
}

static int
try_signal(const struct held *h)
{
	return kill(h->parent, 0);
}

/* The kernel would send any signal, to whom it may, when there is something to be read. */
static int
try_signal_by_fcntl(const struct held *h)
{
	return fcntl(h->channel, F_SETOWN, h->parent);
}

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
	int (*try_held)(const struct held *h);
} attempts[] = {
	{ "send on its capture", NULL, try_send },
	{ "send on another interface", NULL, try_send_elsewhere },
	{ "copy a descriptor", NULL, try_copy },
	{ "... with fcntl", NULL, try_copy_by_fcntl },
	{ "have others wait", NULL, try_change },
	{ "have others signalled", NULL, try_signal_by_fcntl },
	{ "write to standard output", try_print, NULL },
	{ "open a file", try_open, NULL },
	{ "list a folder", try_list, NULL },
	{ "make a file", try_create, NULL },
	{ "open an Internet socket", try_internet, NULL },
	{ "open a local socket", try_packet, NULL },
	{ "execute a program", try_execute, NULL },
	{ "start a process", try_fork, NULL },
	{ "be traced", try_trace, NULL },
	{ "signal its parent", NULL, try_signal },
	{ "make memory that holds code", try_code, NULL },
	{ "make a namespace", try_namespace, NULL },
	{ "become root", try_privilege, NULL },
};

/* Nothing, each layer by itself, and what a worker enters. */
enum layer { LAYER_NONE, LAYER_LANDLOCK, LAYER_SECCOMP, LAYER_ALL, LAYERS };

static int
enter(enum layer layer, const struct held *h, struct err *e)
{
	const struct landlock_paths none = { .read = NULL };
	const struct sandbox_plan plan = { .duty = DUTY_PARSE, .channel = h->channel };
	enum sandbox sandbox;

	if (layer == LAYER_NONE)
		return 1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set_errno(e, "no_new_privs");
	switch (layer) {
	case LAYER_LANDLOCK:
		return landlock_enter(&none, e);
	case LAYER_SECCOMP:
		return syscalls_restrict(DUTY_PARSE, h->channel, e);
	default:
		/* what the kernel lacks shows in the columns of the layers */
		return sandbox_enter(&plan, &sandbox, e) < 0 ? -1 : 1;
	}
}

enum { TRIED_DONE = 10, TRIED_REFUSED, TRIED_MISSING, TRIED_FAILED };

/* In a process of its own. */
static int
make_attempt(const struct attempt *attempt, enum layer layer)
{
	struct err e = { "what a worker holds cannot be made" };
	struct held held;
	int entered = hold(&held) == 0 ? enter(layer, &held, &e) : -1, done;

	if (entered < 0)
		log_warnx("%s", e.text);
	if (entered <= 0)
		return entered < 0 ? TRIED_FAILED : TRIED_MISSING;
	done = attempt->try != NULL ? attempt->try() : attempt->try_held(&held);
	return done < 0 ? TRIED_REFUSED : TRIED_DONE;
}

/* What becomes of it, as a wait status. */
static int
attempt_in(const struct attempt *attempt, enum layer layer)
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(make_attempt(attempt, layer));
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
