/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ports.h"

#include <stdlib.h>
#include <string.h>

#include "dialect/dialect.h"

static void
add_range(struct ports *p, unsigned long from, unsigned long to)
{
	for (; from <= to; from++)
		p->bits[from / 8] |= (uint8_t)(1u << (from % 8));
}

static void
add_list(struct ports *p, const uint16_t *ports)
{
	for (int i = 0; i < DIALECT_PORTS_MAX && ports[i] != 0; i++)
		add_range(p, ports[i], ports[i]);
}

static bool
parse_port(const char **text, unsigned long *port_r)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*port_r = strtoul(*text, &end, 10);
	*text = end;
	return *port_r >= 1 && *port_r <= 65535;
}

/* "587" or "2000-2010", and the comma behind it. */
static bool
parse_range(struct ports *p, const char **text)
{
	unsigned long from, to;

	if (!parse_port(text, &from))
		return false;
	to = from;
	if (**text == '-') {
		(*text)++;
		if (!parse_port(text, &to) || to < from)
			return false;
	}
	add_range(p, from, to);
	if (**text != ',')
		return **text == '\0';
	(*text)++;
	return **text != '\0';
}

int
ports_parse(struct ports *p, const char *text, struct err *e)
{
	const char *at = text;

	memset(p, 0, sizeof(*p));
	if (strcmp(text, "all") == 0) {
		p->all = true;
		return 0;
	}
	if (strcmp(text, "dialect") == 0) {
		for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
			add_list(p, (*d)->ports);
			add_list(p, (*d)->implicit_ports);
		}
		return 0;
	}
	do {
		if (!parse_range(p, &at))
			return err_set(e, "say all, dialect, or ports from 1 to 65535 such as "
			    "25,587,2000-2010");
	} while (*at != '\0');
	return 0;
}
