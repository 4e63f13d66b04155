/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_INTERFACE_H
#define CAPTURE_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A network interface from outside: nothing of its traffic. */
enum interface_state { INTERFACE_ABSENT, INTERFACE_DOWN, INTERFACE_UP };

struct interface_look {
	enum interface_state state;
	unsigned index;		/* another one is another interface of the same name; 0: absent */
};

/* Can one have that name? "any" is none: all of them are no tap. 0, or -1 with *e set. */
int interface_check(const char *name, struct err *e);

/* What to look with, which may not be there later. A descriptor, or -1 with *e set. */
int interface_open(struct err *e);

struct interface_look interface_look(int fd, const char *name);

/* What the network card itself had no room for, since it was switched on; 0: unknown. */
uint64_t interface_dropped(const char *name);

#endif
