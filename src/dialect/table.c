/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "dialect/dialect.h"

const struct dialect *
dialect_by_name(const char *name)
{
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (strcmp((*d)->name, name) == 0)
			return *d;
	}
	return NULL;
}

static bool
lists(const uint16_t *ports, uint16_t port)
{
	for (int i = 0; i < DIALECT_PORTS_MAX && ports[i] != 0; i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

const struct dialect *
dialect_by_port(uint16_t port)
{
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (lists((*d)->ports, port))
			return *d;
	}
	return NULL;
}

const struct dialect *
dialect_by_implicit_port(uint16_t port)
{
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (lists((*d)->implicit_ports, port))
			return *d;
	}
	return NULL;
}

/* Is the name one of the words in the list? */
static bool
names(const char *list, const char *name)
{
	size_t n = strlen(name);

	while (list != NULL && n > 0) {
		if (strncmp(list, name, n) == 0 && (list[n] == ' ' || list[n] == '\0'))
			return true;
		list = strchr(list, ' ');
		list = list != NULL ? list + 1 : NULL;
	}
	return false;
}

const struct dialect *
dialect_by_alpn(const char *name)
{
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (names((*d)->alpn, name))
			return *d;
	}
	return NULL;
}
