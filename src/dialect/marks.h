/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_MARKS_H
#define DIALECT_MARKS_H

#include <stdint.h>

#include "words/mark.h"

/*
 * The marks of a session that goes on. Most have few, and many sessions may be open: memory
 * comes as marks do. All zero is an empty list; an observation says how many it holds.
 */
struct marks {
	struct mark *all;
	uint8_t room;
};

/* One more, zeroed, behind count others; NULL when there are enough, or no memory. */
struct mark *marks_add(struct marks *m, unsigned count);

void marks_free(struct marks *m);

#endif
