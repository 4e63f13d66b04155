/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 1, 0)))
static void
log_line(const char *format, va_list args, const char *why)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	if (why != NULL)
		fprintf(stderr, "stripwatch: %s: %s\n", text, why);
	else
		fprintf(stderr, "stripwatch: %s\n", text);
}

void
log_warn(const char *format, ...)
{
	const char *why = strerror(errno);
	va_list args;

	va_start(args, format);
	log_line(format, args, why);
	va_end(args);
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(format, args, NULL);
	va_end(args);
}
