/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/server_pack.h"

#include <string.h>

enum { VERSION = 1, BITS = 7, MORE = 0x80, SHIFT_MAX = 63 };

/*
 * Goes over a server in one direction or the other, so that the form is written down once.
 * When it is bad, numbers are 0 and nothing more is put or taken.
 */
struct coder {
	bool packing, bad;
	uint8_t *out;
	size_t room, used;
	struct span in;
};

static void
put_byte(struct coder *c, uint8_t byte)
{
	if (c->used < c->room)
		c->out[c->used++] = byte;
	else
		c->bad = true;
}

static void
put(struct coder *c, uint64_t value)
{
	for (; value >= MORE; value >>= BITS)
		put_byte(c, (uint8_t)(value | MORE));
	put_byte(c, (uint8_t)value);
}

static uint64_t
take(struct coder *c)
{
	uint64_t value = 0;
	uint8_t byte = MORE;

	for (unsigned shift = 0; byte & MORE; shift += BITS) {
		if (shift >= SHIFT_MAX || !span_u8(&c->in, &byte)) {
			c->bad = true;
			return 0;
		}
		value |= (uint64_t)(byte & ~MORE) << shift;
	}
	return value;
}

/* One number, which is to be at most max. */
static uint64_t
code(struct coder *c, uint64_t value, uint64_t max)
{
	if (c->packing) {
		put(c, value);
		return value;
	}
	value = take(c);
	if (value > max)
		c->bad = true;
	return c->bad ? 0 : value;
}

static void
code_count(struct coder *c, uint32_t *count)
{
	*count = (uint32_t)code(c, *count, UINT32_MAX);
}

static void
code_time(struct coder *c, int64_t *at_ns)
{
	*at_ns = (int64_t)code(c, (uint64_t)*at_ns, INT64_MAX);
}

static void
code_day(struct coder *c, int32_t *day)
{
	*day = (int32_t)code(c, (uint64_t)*day, INT32_MAX);
}

static void
code_sketch(struct coder *c, struct sketch *s)
{
	unsigned clients = (unsigned)code(c, sketch_clients(s), SKETCH_SIZE);

	for (unsigned i = 0; i < clients; i++) {
		code_count(c, &s->clients[i]);
		c->bad = c->bad || s->clients[i] == 0;
	}
	if (clients == 0)
		return;
	code_day(c, &s->first_day);
	code_day(c, &s->last_day);
	c->bad = c->bad || s->first_day > s->last_day;
}

static void
code_habit(struct coder *c, struct habit *h)
{
	h->kind = (uint8_t)code(c, h->kind, HABIT_KINDS - 1);
	c->bad = c->bad || h->kind == HABIT_NONE;
	code_count(c, &h->context);
	code_count(c, &h->value);
	code_time(c, &h->last_ns);
	code_sketch(c, &h->seen);
}

/* Habits have free places between them; they come back without. */
static void
code_habits(struct coder *c, struct server *s)
{
	unsigned count = 0;

	for (unsigned i = 0; i < HABITS_MAX; i++)
		count += s->habits[i].kind != HABIT_NONE;
	count = (unsigned)code(c, count, HABITS_MAX);
	for (unsigned i = 0; i < HABITS_MAX && count > 0; i++) {
		if (c->packing && s->habits[i].kind == HABIT_NONE)
			continue;
		code_habit(c, &s->habits[i]);
		count--;
	}
}

static void
code_server(struct coder *c, struct server *s)
{
	uint32_t *const counts[] = { &s->sessions, &s->offered, &s->upgraded, &s->listed,
		&s->members };
	int64_t *const times[] = { &s->first_seen_ns, &s->last_seen_ns, &s->first_offer_ns,
		&s->last_promise_ns };
	struct sketch *const sketches[] = { &s->everybody, &s->promised, &s->denied,
		&s->denied_first };

	c->bad = code(c, VERSION, VERSION) != VERSION;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		code_count(c, counts[i]);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		code_time(c, times[i]);
	for (size_t i = 0; i < sizeof(sketches) / sizeof(sketches[0]); i++)
		code_sketch(c, sketches[i]);
	code_habits(c, s);
}

size_t
server_pack(const struct server *s, uint8_t bytes_r[SERVER_PACK_MAX])
{
	struct coder c = { .packing = true, .out = bytes_r, .room = SERVER_PACK_MAX };
	struct server copy = *s;

	code_server(&c, &copy);
	return c.used;
}

bool
server_unpack(struct span packed, struct server *s_r)
{
	struct coder c = { .in = packed };
	struct server_key key = s_r->key;

	memset(s_r, 0, sizeof(*s_r));
	s_r->key = key;
	code_server(&c, s_r);
	return !c.bad && c.in.n == 0;
}

static void
code_neighbourhood(struct coder *c, struct neighbourhood *n)
{
	c->bad = code(c, VERSION, VERSION) != VERSION;
	code_sketch(c, &n->keeping);
	code_sketch(c, &n->lacking);
}

size_t
neighbourhood_pack(const struct neighbourhood *n, uint8_t bytes_r[NEIGHBOURHOOD_PACK_MAX])
{
	struct coder c = { .packing = true, .out = bytes_r, .room = NEIGHBOURHOOD_PACK_MAX };
	struct neighbourhood copy = *n;

	code_neighbourhood(&c, &copy);
	return c.used;
}

bool
neighbourhood_unpack(struct span packed, struct neighbourhood *n_r)
{
	struct coder c = { .in = packed };

	memset(n_r, 0, sizeof(*n_r));
	code_neighbourhood(&c, n_r);
	return !c.bad && c.in.n == 0;
}
