/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What every process here does once it is set up. */
static const int basic[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek),
	SCMP_SYS(close), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(fstat), SCMP_SYS(fcntl),
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
	SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(link),
	SCMP_SYS(linkat), SCMP_SYS(fchmod), SCMP_SYS(fchown),
	SCMP_SYS(geteuid), SCMP_SYS(getuid), SCMP_SYS(getegid), SCMP_SYS(getgid),
	SCMP_SYS(uname), SCMP_SYS(getrusage), SCMP_SYS(prlimit64),
};

static const int sockets[] = {
	SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(sendmmsg),
	SCMP_SYS(setsockopt), SCMP_SYS(getpeername), SCMP_SYS(bind),
	SCMP_SYS(shutdown), SCMP_SYS(ioctl), SCMP_SYS(recvmmsg),
	/* a name is looked up in a thread */
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getaffinity),
};

/* microhttpd, on a socket that listens already. */
static const int serving[] = {
	SCMP_SYS(accept4), SCMP_SYS(accept), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl), SCMP_SYS(sendto), SCMP_SYS(setsockopt), SCMP_SYS(shutdown),
	SCMP_SYS(getpeername),
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

/* Only where that argument compares so; the mask is for SCMP_CMP_MASKED_EQ. */
static int
add_if(scmp_filter_ctx filter, uint32_t action, int call, struct scmp_arg_cmp condition)
{
	int status = seccomp_rule_add_array(filter, action, call, 1, &condition);

	return status == -EDOM ? 0 : status;
}

static struct scmp_arg_cmp
equals(unsigned argument, uint64_t value)
{
	return (struct scmp_arg_cmp){ argument, SCMP_CMP_EQ, value, 0 };
}

/* The C library asks about a descriptor in the way in which others ask about a path. */
static int
add_stat(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp others = { 3, SCMP_CMP_NE, AT_EMPTY_PATH, 0 };
	int status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat),
	    equals(3, AT_EMPTY_PATH));

	return status != 0 ? status :
	    add_if(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(newfstatat), others);
}

/* Memory that holds code is made before, or never. Only we ourselves are ended by abort(). */
static int
add_conditions(scmp_filter_ctx filter)
{
	static const int memory[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
	/* libpcap asks whether an interface that went down still exists */
	static const unsigned asked[] = { SIOCGIFINDEX, SIOCGIFFLAGS };
	const struct scmp_arg_cmp no_code = { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 };
	int status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
	    equals(0, (uint64_t)getpid()));

	for (size_t i = 0; i < COUNT(memory) && status == 0; i++)
		status = add_if(filter, SCMP_ACT_ALLOW, memory[i], no_code);
	for (size_t i = 0; i < COUNT(asked) && status == 0; i++)
		status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), equals(1, asked[i]));
	return status;
}

/* Threads, and no processes. Of clone3() a filter cannot see which it is: the old one will do. */
static int
add_threads(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp thread = { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD };
	int status = add_if(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), thread);

	return status != 0 ? status :
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

static int
add_duty(scmp_filter_ctx filter, enum duty duty)
{
	int status = add(filter, SCMP_ACT_ALLOW, basic, COUNT(basic));

	if (status == 0)
		status = add_conditions(filter);
	if (status == 0 && duty == DUTY_PARSE)
		status = add(filter, SCMP_ACT_ERRNO(EPERM), opening, COUNT(opening));
	if (duty == DUTY_PARSE)
		return status == 0 ? add_stat(filter) : status;
	if (duty == DUTY_SERVE)
		return status == 0 ?
		    add(filter, SCMP_ACT_ALLOW, serving, COUNT(serving)) : status;
	if (status == 0)
		status = add(filter, SCMP_ACT_ALLOW, files, COUNT(files));
	if (status == 0 && duty == DUTY_WRITE)
		status = add(filter, SCMP_ACT_ALLOW, sockets, COUNT(sockets));
	if (status == 0 && duty == DUTY_WRITE)
		status = add_threads(filter);
	return status;
}

int
syscalls_restrict(enum duty duty, struct err *e)
{
	const uint32_t otherwise = duty == DUTY_PARSE ? SCMP_ACT_KILL_PROCESS :
	    SCMP_ACT_ERRNO(EPERM);
	scmp_filter_ctx filter;
	int status;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0 && errno == EINVAL)
		return 0;
	filter = seccomp_init(otherwise);
	if (filter == NULL)
		return err_set(e, "seccomp: no filter can be made");
	status = add_duty(filter, duty);
	if (status == 0)
		status = seccomp_load(filter);
	seccomp_release(filter);
	return status == 0 ? 1 : err_set(e, "seccomp: error %d", -status);
}
