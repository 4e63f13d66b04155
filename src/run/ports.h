/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PORTS_H
#define RUN_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Which TCP ports are looked at. */
struct ports {
	bool all;
	uint8_t bits[65536 / 8];
};

/*
 * Read "all", "dialect" (every port of a known dialect), or a list such as "25,587,2000-2010".
 * -1 with *e set to what should have been said.
 */
int ports_parse(struct ports *p, const char *text, struct err *e);

static inline bool
ports_hold(const struct ports *p, uint16_t port)
{
	return p->all || (p->bits[port / 8] >> (port % 8) & 1) != 0;
}

#endif
