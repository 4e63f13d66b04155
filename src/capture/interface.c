/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/interface.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* What the kernel accepts for one. */
static bool
is_name(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n < IFNAMSIZ && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	    strcspn(name, "/: \t\n\v\f\r") == n;
}

int
interface_check(const char *name, struct err *e)
{
	if (strcmp(name, "any") == 0)
		return err_set(e, "any is no interface; name each of them");
	return is_name(name) ? 0 : err_set(e, "no interface can have that name");
}

int
interface_open(struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 ? fd : err_set_errno(e, "interfaces cannot be looked at");
}

struct interface_look
interface_look(int fd, const char *name)
{
	struct interface_look look = { .state = INTERFACE_ABSENT };
	struct ifreq request = { .ifr_flags = 0 };

	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	if (ioctl(fd, SIOCGIFINDEX, &request) != 0)
		return look;
	look.index = (unsigned)request.ifr_ifindex;
	look.state = INTERFACE_DOWN;
	if (ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0)
		look.state = INTERFACE_UP;
	return look;
}

static uint64_t
statistic(const char *name, const char *which)
{
	char path[128];
	uint64_t value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/net/%.32s/statistics/%s", name, which);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%" SCNu64, &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

uint64_t
interface_dropped(const char *name)
{
	return statistic(name, "rx_missed_errors") + statistic(name, "rx_fifo_errors");
}
