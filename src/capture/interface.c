/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/interface.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct interface_look
interface_look(const char *name)
{
	struct interface_look look = { .state = INTERFACE_ABSENT };
	struct ifreq request = { .ifr_flags = 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	look.index = if_nametoindex(name);
	if (fd < 0 || look.index == 0) {
		if (fd >= 0)
			close(fd);
		return look;
	}
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	look.state = INTERFACE_DOWN;
	if (ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0)
		look.state = INTERFACE_UP;
	close(fd);
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
