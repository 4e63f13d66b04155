/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/resident.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
resident_open(void)
{
	return open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

uint64_t
resident_bytes(int fd)
{
	const long page_bytes = sysconf(_SC_PAGESIZE);
	char text[128];
	const char *second;
	ssize_t n;

	if (fd < 0 || page_bytes < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	/* pages in all, and those in memory */
	second = strchr(text, ' ');
	return second != NULL ? strtoull(second, NULL, 10) * (uint64_t)page_bytes : 0;
}
