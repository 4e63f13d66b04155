/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/sketch.h"

#include "base/clock.h"

enum { BROAD_CLIENTS = 2, BROAD_DAYS = 2 };

unsigned
sketch_clients(const struct sketch *s)
{
	unsigned n = 0;

	while (n < SKETCH_SIZE && s->clients[n] != 0)
		n++;
	return n;
}

unsigned
sketch_days(const struct sketch *s)
{
	return s->clients[0] == 0 ? 0 : s->first_day == s->last_day ? 1 : 2;
}

void
sketch_add(struct sketch *s, uint32_t client, int64_t at_ns)
{
	int32_t day = (int32_t)(at_ns / CLOCK_DAY_NS);
	unsigned n = 0;

	while (n < SKETCH_SIZE && s->clients[n] != 0 && s->clients[n] != client)
		n++;
	if (s->clients[0] == 0)
		s->first_day = s->last_day = day;
	if (n < SKETCH_SIZE)
		s->clients[n] = client;
	if (day > s->last_day)
		s->last_day = day;
}

void
sketch_remove(struct sketch *s, uint32_t client)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < SKETCH_SIZE; i++) {
		if (s->clients[i] != client)
			s->clients[kept++] = s->clients[i];
	}
	while (kept < SKETCH_SIZE)
		s->clients[kept++] = 0;
}

bool
sketch_is_broad(const struct sketch *s)
{
	return sketch_clients(s) >= BROAD_CLIENTS && sketch_days(s) >= BROAD_DAYS;
}
