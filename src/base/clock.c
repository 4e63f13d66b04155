/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void
clock_format_seconds(int64_t at_s, char text_r[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)at_s;
	struct tm tm;

	text_r[0] = '\0';
	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(text_r, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
}

void
clock_format(int64_t at_ns, char text_r[CLOCK_TEXT_SIZE])
{
	size_t used;

	clock_format_seconds(at_ns / CLOCK_SECOND_NS, text_r);
	used = strlen(text_r);
	snprintf(text_r + used, CLOCK_TEXT_SIZE - used, ".%06d+0000",
	    (int)(at_ns % CLOCK_SECOND_NS / 1000));
}
