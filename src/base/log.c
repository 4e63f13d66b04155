/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

__attribute__((format(printf, 2, 0)))
static void
log_line(const char *command, const char *format, va_list args, const char *why)
{
	char text[1024], shown[2048];

	vsnprintf(text, sizeof(text), format, args);
	text_show(shown, sizeof(shown), span_text(text));
	fprintf(stderr, "stripwatch%s%s: %s%s%s\n", command != NULL ? " " : "",
	    command != NULL ? command : "", shown, why != NULL ? ": " : "",
	    why != NULL ? why : "");
}

void
log_warn(const char *format, ...)
{
	const char *why = strerror(errno);
	va_list args;

	va_start(args, format);
	log_line(NULL, format, args, why);
	va_end(args);
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(NULL, format, args, NULL);
	va_end(args);
}

void
log_usage(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(command, format, args, NULL);
	va_end(args);
}
