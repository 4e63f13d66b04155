/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TALLY_H
#define RUN_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/span.h"

/*
 * Counters by name, of several processes: each tells its own from time to time, whole;
 * statistics show their sums. Names come from processes that read the wire, so
 * they are checked, and there are only so many.
 */
enum { TALLY_MAX = 512, TALLY_NAME_SIZE = 48 };

struct tally {
	size_t count;
	uint64_t refused;	/* no room, or no name */
	struct tally_row {
		char name[TALLY_NAME_SIZE];
		uint64_t value;
	} rows[TALLY_MAX];
};

/* Add to a counter, or begin it: a counter_visit. */
void tally_add(void *tally, const char *name, uint64_t value);

/* Add all of the other's. */
void tally_merge(struct tally *t, const struct tally *other);

/* 0 when there is none of that name. */
uint64_t tally_value(const struct tally *t, const char *name);

void tally_each(const struct tally *t, counter_visit *visit, void *ctx);

/* Forget levels, which die with their process; what only ever grows stays. */
void tally_drop_levels(struct tally *t);

/* As the body of a message: borrowed from the tally. */
struct span tally_body(const struct tally *t);

/*
 * Read a body: false when it is none, or a name in it is not made of lower-case
 * letters, digits, dots, hyphens and underscores. rooms: words that names must begin
 * with ("flow."), or NULL.
 */
bool tally_read(struct tally *t, struct span body, const char *const *rooms);

#endif
