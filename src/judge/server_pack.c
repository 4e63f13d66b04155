/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/server_pack.h"

#include <string.h>

enum {
	VERSION = 2,
	VERSION_PLAIN = 1,	/* every number and sketch by itself: still read */
	BITS = 7,
	MORE = 0x80,
	SHIFT_MAX = 63,		/* of the tenth byte, in which one bit is left */
	SAME_CONTEXT = 0x40,	/* beside a habit's kind: its context is the last one's */
	SKETCHES_MAX = 4 + HABITS_MAX,
};

/*
 * Goes over a server in one direction or the other, so that the form is written down once.
 * When it is bad, numbers are 0 and nothing more is put or taken.
 */
struct coder {
	bool packing, bad;
	uint8_t version;
	uint8_t *out;
	size_t room, used;
	struct span in;

	/* what came before, as what follows is often the same or near */
	int64_t time_ns;
	int32_t day;
	uint32_t context;
	struct sketch sketches[SKETCHES_MAX];
	unsigned sketch_count;
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
		if (shift > SHIFT_MAX || !span_u8(&c->in, &byte) ||
		    (shift == SHIFT_MAX && byte > 1)) {
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

/* A number of 32 bits that may be any: seven bits a byte would take five. */
static void
code_hash(struct coder *c, uint32_t *hash)
{
	uint8_t byte = 0;

	if (c->version == VERSION_PLAIN) {
		code_count(c, hash);
		return;
	}
	for (unsigned shift = 0; shift < 32; shift += 8) {
		if (c->packing)
			put_byte(c, (uint8_t)(*hash >> shift));
		else if (span_u8(&c->in, &byte))
			*hash = (shift == 0 ? 0 : *hash) | (uint32_t)byte << shift;
		else
			c->bad = true;
	}
}

/* A number from 0 to max by its distance from another, of which the lowest bit is the sign. */
static int64_t
code_near(struct coder *c, int64_t value, int64_t other, int64_t max)
{
	const int64_t distance = value - other;
	const uint64_t folded = distance < 0 ? (uint64_t)-(distance + 1) * 2 + 1 :
	    (uint64_t)distance * 2;
	const uint64_t got = code(c, folded, UINT64_MAX), far = got / 2;

	if (c->packing)
		return value;
	if (got % 2 == 1 ? far >= (uint64_t)other : far > (uint64_t)(max - other)) {
		c->bad = true;
		return 0;
	}
	return got % 2 == 1 ? other - (int64_t)far - 1 : other + (int64_t)far;
}

static void
code_time(struct coder *c, int64_t *at_ns)
{
	if (c->version == VERSION_PLAIN)
		*at_ns = (int64_t)code(c, (uint64_t)*at_ns, INT64_MAX);
	else
		*at_ns = code_near(c, *at_ns, c->time_ns, INT64_MAX);
	c->time_ns = *at_ns;
}

/* One that may never have been. */
static void
code_time_or_none(struct coder *c, int64_t *at_ns)
{
	if (c->version == VERSION_PLAIN || code(c, *at_ns != 0, 1) != 0)
		code_time(c, at_ns);
}

static void
code_day(struct coder *c, int32_t *day)
{
	if (c->version == VERSION_PLAIN)
		*day = (int32_t)code(c, (uint64_t)*day, INT32_MAX);
	else
		*day = (int32_t)code_near(c, *day, c->day, INT32_MAX);
	c->day = *day;
}

/* Which of those before is the same? SKETCHES_MAX for none. */
static unsigned
find_sketch(const struct coder *c, const struct sketch *s)
{
	for (unsigned i = 0; i < c->sketch_count; i++) {
		if (memcmp(&c->sketches[i], s, sizeof(*s)) == 0)
			return i;
	}
	return SKETCHES_MAX;
}

static void
code_clients(struct coder *c, unsigned clients, struct sketch *s)
{
	for (unsigned i = 0; i < clients; i++) {
		code_hash(c, &s->clients[i]);
		c->bad = c->bad || s->clients[i] == 0;
	}
	if (clients == 0)
		return;
	code_day(c, &s->first_day);
	code_day(c, &s->last_day);
	c->bad = c->bad || s->first_day > s->last_day;
	if (c->sketch_count < SKETCHES_MAX)
		c->sketches[c->sketch_count++] = *s;
}

/* How many clients and who, or which one before it is the same. */
static void
code_sketch(struct coder *c, struct sketch *s)
{
	const unsigned clients = sketch_clients(s), known = find_sketch(c, s);
	const bool repeats = c->version != VERSION_PLAIN && clients > 0 && known < SKETCHES_MAX;
	const unsigned most = c->version == VERSION_PLAIN ? SKETCH_SIZE :
	    SKETCH_SIZE + c->sketch_count;
	const unsigned got = (unsigned)code(c, repeats ? SKETCH_SIZE + 1 + known : clients, most);

	if (got <= SKETCH_SIZE)
		code_clients(c, got, s);
	else
		*s = c->sketches[got - SKETCH_SIZE - 1];
}

static void
code_kind(struct coder *c, struct habit *h)
{
	const bool same = c->version != VERSION_PLAIN && h->context == c->context;
	const uint64_t got = code(c, h->kind | (same ? SAME_CONTEXT : 0U),
	    c->version == VERSION_PLAIN ? HABIT_KINDS - 1 : SAME_CONTEXT | (HABIT_KINDS - 1));

	h->kind = (uint8_t)(got & ~(uint64_t)SAME_CONTEXT);
	c->bad = c->bad || h->kind == HABIT_NONE || h->kind >= HABIT_KINDS;
	if ((got & SAME_CONTEXT) != 0)
		h->context = c->context;
	else
		code_hash(c, &h->context);
	c->context = h->context;
}

static void
code_habit(struct coder *c, struct habit *h)
{
	code_kind(c, h);
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
code_version(struct coder *c)
{
	c->version = (uint8_t)code(c, VERSION, VERSION);
	c->bad = c->bad || c->version < VERSION_PLAIN;
}

/* Those that are near each other stand together. */
static void
code_times(struct coder *c, struct server *s)
{
	int64_t *const plain[] = { &s->first_seen_ns, &s->last_seen_ns, &s->first_offer_ns,
		&s->last_promise_ns };
	int64_t *const near[] = { &s->first_seen_ns, &s->first_offer_ns, &s->last_promise_ns,
		&s->last_seen_ns };
	int64_t *const *times = c->version == VERSION_PLAIN ? plain : near;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		code_time_or_none(c, times[i]);
}

static void
code_server(struct coder *c, struct server *s)
{
	uint32_t *const counts[] = { &s->sessions, &s->offered, &s->upgraded, &s->listed,
		&s->members };
	struct sketch *const sketches[] = { &s->everybody, &s->promised, &s->denied,
		&s->denied_first };

	code_version(c);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		code_count(c, counts[i]);
	code_times(c, s);
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
	code_version(c);
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
