/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>


enum { CAPABILITIES_MAX = 64, PAGE_BYTES = 4096 };

/* All three sets; the words of version 3 are two of 32 bits. */
static int
set_capabilities(uint64_t keep, struct err *e)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = (uint32_t)(keep >> (32 * i));
	if (syscall(SYS_capset, &header, data) != 0)
		return err_set_errno(e, "capabilities");
	return 0;
}

static int
change_user(const char *name, struct err *e)
{
	const struct passwd *user = getpwnam(name);

	if (user == NULL)
		return err_set(e, "--user %.60s: there is no such user", name);
	if (geteuid() == user->pw_uid && getuid() == user->pw_uid)
		return 0;
	if (initgroups(name, user->pw_gid) != 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
		return err_set_errno(e, "--user %.60s: cannot become that user", name);
	return 0;
}

/* What was there before; a capability that is missing is told where it is needed. */
static uint64_t
capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capget, &header, data) != 0)
		return 0;
	return (uint64_t)data[1].permitted << 32 | data[0].permitted;
}

/* No program that is executed, and no set-user-ID bit, gives more than that. */
static int
stay_below(uint64_t keep, struct err *e)
{
	/* fails where it may not be done, and then there is nothing in it to be had either */
	for (unsigned long c = 0; c < CAPABILITIES_MAX; c++) {
		if ((keep >> c & 1) == 0)
			prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	}
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set_errno(e, "no_new_privs");
	return 0;
}

int
sandbox_become(const char *user, bool keep_capture, struct err *e)
{
	const uint64_t raw = UINT64_C(1) << CAP_NET_RAW;
	const uint64_t keep = keep_capture ? capabilities() & raw : 0;

	if (stay_below(keep, e) < 0)
		return -1;
	if (user != NULL && (prctl(PR_SET_KEEPCAPS, keep_capture, 0, 0, 0) != 0 ||
	    change_user(user, e) < 0))
		return -1;
	return set_capabilities(keep, e);
}

static int
limit(int resource, rlim_t value, struct err *e)
{
	const struct rlimit both = { value, value };
	struct rlimit before;

	if (getrlimit(resource, &before) == 0 && before.rlim_max <= value)
		return 0;
	return setrlimit(resource, &both) == 0 ? 0 : err_set_errno(e, "resource limits");
}

int
sandbox_drop_privileges(enum duty duty, struct err *e)
{
	if (stay_below(0, e) < 0 || set_capabilities(0, e) < 0)
		return -1;
	/* nobody of the same user can read its memory, which holds traffic */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_set_errno(e, "dumpable");
	if (limit(RLIMIT_CORE, 0, e) < 0)
		return -1;
	return duty != DUTY_WRITE ? limit(RLIMIT_NPROC, 0, e) : 0;
}

#ifdef SANITIZED
int
sandbox_limit_memory(size_t more_bytes, struct err *e)
{
	/* sanitizers reserve terabytes */
	(void)more_bytes;
	(void)e;
	return 0;
}
#else
int
sandbox_limit_memory(size_t more_bytes, struct err *e)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages > 0 ? limit(RLIMIT_AS, (rlim_t)pages * PAGE_BYTES + more_bytes, e) : 0;
}
#endif

const char *
sandbox_name(enum sandbox sandbox)
{
	return sandbox == SANDBOX_FULL ? "full" : sandbox == SANDBOX_PARTIAL ? "partial" : "off";
}

int
sandbox_enter(const struct sandbox_plan *plan, enum sandbox *sandbox_r, struct err *e)
{
	int files, calls;

	if ((plan->more_bytes > 0 && sandbox_limit_memory(plan->more_bytes, e) < 0) ||
	    sandbox_drop_privileges(plan->duty, e) < 0 ||
	    (files = landlock_enter(&plan->paths, e)) < 0 ||
	    (calls = syscalls_restrict(plan->duty, plan->channel, e)) < 0)
		return -1;
	*sandbox_r = files == 1 && calls == 1 ? SANDBOX_FULL : SANDBOX_PARTIAL;
	return 0;
}
