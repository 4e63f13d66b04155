/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/pending.h"

static unsigned
place(const struct pending *p, unsigned offset)
{
	return (p->first + offset) % PENDING_RUNS_MAX;
}

bool
pending_add(struct pending *p, uint8_t kind)
{
	if (p->used > 0) {
		unsigned last = place(p, p->used - 1u);

		if (p->runs[last].kind == kind && p->runs[last].count < UINT16_MAX) {
			p->runs[last].count++;
			return true;
		}
	}
	if (p->used == PENDING_RUNS_MAX)
		return false;
	p->runs[place(p, p->used)].kind = kind;
	p->runs[place(p, p->used)].count = 1;
	p->used++;
	return true;
}

uint8_t
pending_oldest(const struct pending *p)
{
	return p->used > 0 ? p->runs[p->first].kind : 0;
}

void
pending_drop(struct pending *p)
{
	if (p->used == 0 || --p->runs[p->first].count > 0)
		return;
	p->first = (uint8_t)place(p, 1);
	p->used--;
}

bool
pending_holds(const struct pending *p, uint8_t kind)
{
	for (unsigned i = 0; i < p->used; i++) {
		if (p->runs[place(p, i)].kind == kind)
			return true;
	}
	return false;
}

void
pending_skip(struct pending *p, uint8_t kind)
{
	while (p->used > 0 && pending_oldest(p) == kind)
		pending_drop(p);
}

bool
pending_find(struct pending *p, uint8_t kind)
{
	if (!pending_holds(p, kind))
		return false;
	while (pending_oldest(p) != kind)
		pending_drop(p);
	return true;
}

bool
pending_is_one(const struct pending *p)
{
	return p->used == 1 && p->runs[p->first].count == 1;
}

void
pending_clear(struct pending *p)
{
	p->first = p->used = 0;
}
