/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
err_set(struct err *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	return -1;
}

int
err_set_errno(struct err *e, const char *format, ...)
{
	int saved = errno;
	const char *reason = strerror(saved);
	size_t room = sizeof(e->text) - strlen(reason) - sizeof(": ");
	va_list args;
	int used;

	va_start(args, format);
	used = vsnprintf(e->text, room, format, args);
	va_end(args);
	/* the reason matters more than the end of a long name */
	if (used < 0 || (size_t)used >= room)
		used = (int)room - 1;
	snprintf(e->text + used, sizeof(e->text) - (size_t)used, ": %s", reason);
	return -1;
}
