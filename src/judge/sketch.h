/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_SKETCH_H
#define JUDGE_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

enum { SKETCH_SIZE = 4 };

/*
 * Distinct clients, exact up to four, and whether they came on more than one
 * day: as much as it takes to tell one client's trouble from a server's habit.
 */
struct sketch {
	uint32_t clients[SKETCH_SIZE];	/* short hashes, 0 = free */
	int32_t first_day, last_day;
};

void sketch_add(struct sketch *s, uint32_t client, int64_t at_ns);

/* As if that client had never come; days remain. */
void sketch_remove(struct sketch *s, uint32_t client);

unsigned sketch_clients(const struct sketch *s);

/* 0, 1, or 2 for more than one. */
unsigned sketch_days(const struct sketch *s);

/* Two clients and two days: neither one client's path nor one bad day explains it. */
bool sketch_is_broad(const struct sketch *s);

#endif
