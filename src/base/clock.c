/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

void
clock_format(int64_t at_ns, char text_r[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(at_ns / CLOCK_SECOND_NS);
	int us = (int)(at_ns % CLOCK_SECOND_NS / 1000);
	struct tm tm;
	size_t used;

	if (gmtime_r(&seconds, &tm) == NULL) {
		text_r[0] = '\0';
		return;
	}
	used = strftime(text_r, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text_r + used, CLOCK_TEXT_SIZE - used, ".%06d+0000", us);
}
