/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

/* What every process here does once it is set up. */
static const int basic[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(recvmsg),
	SCMP_SYS(recvfrom), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(fstat),
	SCMP_SYS(getsockopt), SCMP_SYS(getsockname),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(alarm), SCMP_SYS(setitimer),
	SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(futex),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield),
	SCMP_SYS(sysinfo),	/* the C library's qsort(), for large arrays */
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* To whatever is open: not who reads the wire, and holds a socket that sends into it. */
static const int speaking[] = { SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(sendmsg) };

/* libpcap looks into /sys, and the C library for messages and time zones. */
static const int opening[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
	SCMP_SYS(readlinkat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(statx),
};

/* SQLite, rules and policy that are read again, and output files. */
static const int files[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(statfs),
	SCMP_SYS(fstatfs), SCMP_SYS(getdents64), SCMP_SYS(getcwd),
	SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(flock), SCMP_SYS(umask),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat),
	SCMP_SYS(renameat2), SCMP_SYS(fchmod), SCMP_SYS(fchown),
	SCMP_SYS(geteuid), SCMP_SYS(getuid), SCMP_SYS(getegid), SCMP_SYS(getgid),
	SCMP_SYS(uname), SCMP_SYS(getrusage),
};

static const int sockets[] = {
	SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(sendmmsg), SCMP_SYS(setsockopt),
	SCMP_SYS(getpeername), SCMP_SYS(bind), SCMP_SYS(shutdown), SCMP_SYS(recvmmsg),
	/* a name is looked up in a thread */
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getaffinity),
};

/* microhttpd, on a socket that listens already. */
static const int serving[] = {
	SCMP_SYS(accept4), SCMP_SYS(accept), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl), SCMP_SYS(sendto), SCMP_SYS(setsockopt), SCMP_SYS(shutdown),
	SCMP_SYS(getpeername),
};

/* A call that is allowed where one argument, of 32 bits, has that value. */
struct choice {
	int call;
	unsigned argument;
	uint32_t value;
};

/* Of fcntl(): no copy of a descriptor, and no signals to others when something can be read. */
static const struct choice basic_choices[] = {
	{ SCMP_SYS(fcntl), 1, F_GETFD }, { SCMP_SYS(fcntl), 1, F_GETFL },
	{ SCMP_SYS(fcntl64), 1, F_GETFD }, { SCMP_SYS(fcntl64), 1, F_GETFL },
};

/* libpcap asks whether an interface that went down still exists. */
static const struct choice parse_choices[] = {
	{ SCMP_SYS(ioctl), 1, SIOCGIFINDEX }, { SCMP_SYS(ioctl), 1, SIOCGIFFLAGS },
};

/* Locks of SQLite. */
static const struct choice file_choices[] = {
	{ SCMP_SYS(fcntl), 1, F_GETLK }, { SCMP_SYS(fcntl), 1, F_SETLK },
	{ SCMP_SYS(fcntl64), 1, F_GETLK }, { SCMP_SYS(fcntl64), 1, F_SETLK },
};

/* Of ioctl(): never what types into a terminal (TIOCSTI), or has signals sent (FIOASYNC). */
static const struct choice socket_choices[] = {
	{ SCMP_SYS(socket), 0, AF_UNIX }, { SCMP_SYS(socket), 0, AF_INET },
	{ SCMP_SYS(socket), 0, AF_INET6 }, { SCMP_SYS(socket), 0, AF_NETLINK },
	{ SCMP_SYS(ioctl), 1, SIOCOUTQ }, { SCMP_SYS(ioctl), 1, FIONREAD },
	{ SCMP_SYS(ioctl), 1, FIONBIO }, { SCMP_SYS(ioctl), 1, TCGETS },
	{ SCMP_SYS(ioctl), 1, SIOCGIFINDEX },
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* 0, or what libseccomp says: a negated errno. Calls that this machine lacks are no fault. */
static int
add(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int status = seccomp_rule_add(filter, action, calls[i], 0);

		if (status < 0 && status != -EDOM && status != -EEXIST)
			return status;
	}
	return 0;
}

/* Only where all of these arguments compare so. */
static int
add_if(scmp_filter_ctx filter, uint32_t action, int call, unsigned count,
    const struct scmp_arg_cmp *conditions)
{
	int status = seccomp_rule_add_array(filter, action, call, count, conditions);

	return status == -EDOM || status == -EEXIST ? 0 : status;
}

/* Of an int the kernel sees the lower half, and above it may stand anything. */
static struct scmp_arg_cmp
equals(unsigned argument, uint32_t value)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_MASKED_EQ, UINT32_MAX, value };
}

static struct scmp_arg_cmp
lacks(unsigned argument, uint64_t bits)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_MASKED_EQ, bits, 0 };
}

static int
add_choices(scmp_filter_ctx filter, const struct choice *choices, size_t count)
{
	int status = 0;

	for (size_t i = 0; i < count && status == 0; i++) {
		const struct scmp_arg_cmp one = equals(choices[i].argument, choices[i].value);

		status = add_if(filter, SCMP_ACT_ALLOW, choices[i].call, 1, &one);
	}
	return status;
}

/* The C library asks about a descriptor in the way in which others ask about a path. */
static int
add_stat(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp descriptor = equals(3, AT_EMPTY_PATH);
	const struct scmp_arg_cmp others = { 3, SCMP_CMP_NE, AT_EMPTY_PATH, 0 };
	int status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, &descriptor);

	return status != 0 ? status :
	    add_if(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(newfstatat), 1, &others);
}

/* Memory that holds code is made before, or never. Only we ourselves are ended by abort(). */
static int
add_conditions(scmp_filter_ctx filter)
{
	static const int memory[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	const struct scmp_arg_cmp ourselves = equals(0, (uint32_t)getpid());
	const struct scmp_arg_cmp no_code = lacks(2, PROT_EXEC);
	int status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &ourselves);

	for (size_t i = 0; i < COUNT(memory) && status == 0; i++)
		status = add_if(filter, SCMP_ACT_ALLOW, memory[i], 1, &no_code);
	return status != 0 ? status :
	    add_choices(filter, basic_choices, COUNT(basic_choices));
}

/* Whether to wait; others who share what is open notice, which is not for who reads the wire. */
static int
add_flags(scmp_filter_ctx filter)
{
	static const int calls[] = { SCMP_SYS(fcntl), SCMP_SYS(fcntl64) };
	const struct scmp_arg_cmp ours = equals(1, F_SETFD);
	const struct scmp_arg_cmp shared[] = { equals(1, F_SETFL), lacks(2, O_ASYNC) };
	int status = 0;

	for (size_t i = 0; i < COUNT(calls) && status == 0; i++) {
		status = add_if(filter, SCMP_ACT_ALLOW, calls[i], 1, &ours);
		if (status == 0)
			status = add_if(filter, SCMP_ACT_ALLOW, calls[i], COUNT(shared), shared);
	}
	return status;
}

/* Our own limits may be asked for; others' could be lowered until they fall over. */
static int
add_limits(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp asked[] = { equals(0, 0), { 2, SCMP_CMP_EQ, 0, 0 } };

	return add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), COUNT(asked), asked);
}

/* Threads, and no processes. Of clone3() a filter cannot see which it is: the old one will do. */
static int
add_threads(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp thread = { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD };
	int status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &thread);

	return status != 0 ? status :
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* It holds sockets that send into a network, and says what it has to say elsewhere. */
static int
add_parsing(scmp_filter_ctx filter, int channel)
{
	const struct choice said[] = {
		{ SCMP_SYS(write), 0, STDERR_FILENO }, { SCMP_SYS(writev), 0, STDERR_FILENO },
		{ SCMP_SYS(sendmsg), 0, (uint32_t)channel },
	};
	int status = add(filter, SCMP_ACT_ERRNO(EPERM), opening, COUNT(opening));

	if (status == 0)
		status = add_choices(filter, said, COUNT(said));
	if (status == 0)
		status = add_choices(filter, parse_choices, COUNT(parse_choices));
	return status == 0 ? add_stat(filter) : status;
}

static int
add_files(scmp_filter_ctx filter)
{
	int status = add(filter, SCMP_ACT_ALLOW, files, COUNT(files));

	if (status == 0)
		status = add_choices(filter, file_choices, COUNT(file_choices));
	return status == 0 ? add_limits(filter) : status;
}

static int
add_sockets(scmp_filter_ctx filter)
{
	int status = add(filter, SCMP_ACT_ALLOW, sockets, COUNT(sockets));

	if (status == 0)
		status = add_choices(filter, socket_choices, COUNT(socket_choices));
	return status == 0 ? add_threads(filter) : status;
}

static int
add_duty(scmp_filter_ctx filter, enum duty duty, int channel)
{
	int status = add(filter, SCMP_ACT_ALLOW, basic, COUNT(basic));

	if (status == 0)
		status = add_conditions(filter);
	if (status == 0 && duty == DUTY_PARSE)
		return add_parsing(filter, channel);
	if (status == 0)
		status = add(filter, SCMP_ACT_ALLOW, speaking, COUNT(speaking));
	if (status == 0)
		status = add_flags(filter);
	if (status == 0 && duty == DUTY_SERVE)
		return add(filter, SCMP_ACT_ALLOW, serving, COUNT(serving));
	if (status == 0)
		status = add_files(filter);
	return status == 0 && duty == DUTY_WRITE ? add_sockets(filter) : status;
}

/* Frees the filter. */
static int
load(scmp_filter_ctx filter, int status, struct err *e)
{
	if (status == 0)
		status = seccomp_load(filter);
	seccomp_release(filter);
	return status == 0 ? 1 : err_set(e, "seccomp: error %d", -status);
}

/* Where the kernel has it; NULL with *missing_r where not, or with *e set. */
static scmp_filter_ctx
begin(uint32_t otherwise, bool *missing_r, struct err *e)
{
	scmp_filter_ctx filter = NULL;

	*missing_r = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL;
	if (!*missing_r && (filter = seccomp_init(otherwise)) == NULL)
		err_set(e, "seccomp: no filter can be made");
	return filter;
}

int
syscalls_restrict(enum duty duty, int channel, struct err *e)
{
	bool missing;
	scmp_filter_ctx filter = begin(duty == DUTY_PARSE ? SCMP_ACT_KILL_PROCESS :
	    SCMP_ACT_ERRNO(EPERM), &missing, e);

	if (filter == NULL)
		return missing ? 0 : -1;
	return load(filter, add_duty(filter, duty, channel), e);
}

int
syscalls_forbid_programs(struct err *e)
{
	static const int programs[] = { SCMP_SYS(execve), SCMP_SYS(execveat) };
	bool missing;
	scmp_filter_ctx filter = begin(SCMP_ACT_ALLOW, &missing, e);

	if (filter == NULL)
		return missing ? 0 : -1;
	return load(filter, add(filter, SCMP_ACT_ERRNO(EPERM), programs, COUNT(programs)), e);
}
