/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "run/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The headers of a distribution may be older than its users' kernels, so what the
 * versions of the interface brought stands here: landlock(7), linux/landlock.h.
 */
enum { VERSION_REFER = 2, VERSION_TRUNCATE = 3, VERSION_NET = 4, VERSION_IOCTL = 5,
	VERSION_SCOPE = 6 };

enum { CREATE_VERSION = 1, RULE_PATH_BENEATH = 1 };

enum {
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_REG = 1 << 8,
	FS_FIRST = (1 << 13) - 1,	/* everything of version 1 */
	FS_REFER = 1 << 13,
	FS_TRUNCATE = 1 << 14,
	FS_IOCTL_DEV = 1 << 15,
	NET_ALL = 3,			/* bind and connect TCP */
	SCOPE_ALL = 3,			/* abstract sockets, signals */
};

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

static struct ruleset_attr
everything(long version, bool network)
{
	struct ruleset_attr all = { .fs = FS_FIRST };

	if (version >= VERSION_REFER)
		all.fs |= FS_REFER;
	if (version >= VERSION_TRUNCATE)
		all.fs |= FS_TRUNCATE;
	if (version >= VERSION_IOCTL)
		all.fs |= FS_IOCTL_DEV;
	if (version >= VERSION_NET && !network)
		all.net = NET_ALL;
	if (version >= VERSION_SCOPE && !network)
		all.scoped = SCOPE_ALL;
	return all;
}

static size_t
attr_bytes(long version)
{
	return version >= VERSION_SCOPE ? sizeof(struct ruleset_attr) :
	    version >= VERSION_NET ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

/* Rights that mean something for a folder only are refused for a file. */
static int
allow(int ruleset, const char *path, uint64_t rights, struct err *e)
{
	struct path_attr attr = { .parent = open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	long done;

	if (attr.parent < 0 || fstat(attr.parent, &st) != 0)
		return err_set_errno(e, "%s", path);
	if (!S_ISDIR(st.st_mode))
		rights &= FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE;
	attr.allowed = rights;
	done = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &attr, 0);
	close(attr.parent);
	return done == 0 ? 0 : err_set_errno(e, "landlock: %s", path);
}

static int
fill(int ruleset, const struct landlock_paths *paths, uint64_t known, struct err *e)
{
	const uint64_t reading = FS_READ_FILE | FS_READ_DIR;
	const uint64_t writing = reading | FS_WRITE_FILE | FS_MAKE_REG | FS_REMOVE_FILE |
	    FS_TRUNCATE;

	for (size_t i = 0; i < paths->read_count; i++) {
		if (allow(ruleset, paths->read[i], reading, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < paths->write_count; i++) {
		if (allow(ruleset, paths->write[i], writing & known, e) < 0)
			return -1;
	}
	return 0;
}

int
landlock_enter(const struct landlock_paths *paths, struct err *e)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
	struct ruleset_attr all;
	int ruleset, result;

	if (version < 1)
		return 0;
	all = everything(version, paths->network);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, attr_bytes(version), 0);
	if (ruleset < 0)
		return err_set_errno(e, "landlock");
	result = fill(ruleset, paths, all.fs, e);
	if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		result = err_set_errno(e, "landlock");
	close(ruleset);
	return result == 0 ? 1 : -1;
}
