/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one file that includes libpsl.h. */
#include "judge/registrable.h"

#include <libpsl.h>
#include <string.h>

#include "base/text.h"

enum { NAME_MAX_BYTES = 255 };

/* Hosts that were never given a name end in these, and have nothing else in common. */
static bool
is_local(const char *last_label)
{
	static const char *const locals[] = {
		"local", "localhost", "localdomain", "lan", "home", "corp", "internal",
		"intranet", "private", "invalid", "arpa",
	};

	for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++) {
		if (strcmp(locals[i], last_label) == 0)
			return true;
	}
	return false;
}

/* Letters, digits, hyphens and dots, in lower case. */
static bool
lower(const char *name, char lower_r[NAME_MAX_BYTES + 1])
{
	size_t n = strlen(name);

	if (n == 0 || n > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i <= n; i++)
		lower_r[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 'a' - 'A') :
		    name[i];
	return strspn(lower_r, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n;
}

bool
registrable_name(const char *name, char *name_r, size_t size)
{
	char host[NAME_MAX_BYTES + 1];
	const char *dot, *registrable;

	if (!lower(name, host))
		return false;
	dot = strrchr(host, '.');
	/* the last label of an address is a number */
	if (dot == NULL || dot == host || dot[1] < 'a' || dot[1] > 'z' || is_local(dot + 1))
		return false;
	registrable = psl_registrable_domain(psl_builtin(), host);
	if (registrable == NULL || strlen(registrable) >= size)
		return false;
	text_copy(name_r, size, registrable);
	return true;
}
