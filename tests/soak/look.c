/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: look FILE [SERVERS]
 *
 * What a look at a baseline takes: at servers that are only in the file, at servers that
 * are in memory (SERVERS, 32768 by default), and at their neighbours; the fastest of several
 * rounds, in microseconds. And what memory all of it took.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/text.h"
#include "judge/store.h"

enum { SERVERS_DEFAULT = 32768, ROUNDS = 9 };

/* The first servers of the file, as sessions with them. */
struct sessions {
	struct observation *all;
	size_t max, count;
};

static void
add(void *ctx, uint64_t hash, const struct server *s)
{
	struct sessions *list = ctx;
	struct observation *o;

	(void)hash;
	if (list->count == list->max || s->key.name[0] == '\0')
		return;
	o = &list->all[list->count++];
	o->final = o->flow.handshake = true;
	o->flow.packets[SIDE_CLIENT] = o->flow.packets[SIDE_SERVER] = 10;
	o->flow.tuple.addr[SIDE_CLIENT] = (struct address){ 4, { 192, 0, 2, 1 } };
	o->flow.tuple.addr[SIDE_SERVER] = s->key.address;
	o->flow.tuple.port[SIDE_SERVER] = s->key.port;
	o->flow.first.at_ns = s->last_seen_ns + 1;
	o->offered = FACT_FALSE;
	text_copy(o->dialect, sizeof(o->dialect), s->key.dialect);
	text_copy(o->server_name, sizeof(o->server_name), s->key.name);
}

static void
no_pair(void *ctx, uint64_t hash, const struct pair *pair)
{
	(void)ctx, (void)hash, (void)pair;
}

static void
no_neighbourhood(void *ctx, uint64_t hash, const struct neighbourhood *neighbourhood)
{
	(void)ctx, (void)hash, (void)neighbourhood;
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Microseconds for one of them. */
static double
look(struct baseline *b, const struct sessions *list, uint32_t *expected_r)
{
	const double began_us = now_us();

	*expected_r = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct history h = baseline_look(b, &list->all[i]);

		*expected_r += h.strength != STRENGTH_NONE || h.neighbours_known > 0;
	}
	return (now_us() - began_us) / (double)list->count;
}

static void
measure(struct baseline *b, const struct sessions *list, const char *what)
{
	uint32_t expected = 0;
	double first_us = look(b, list, &expected), best_us = first_us;

	for (int round = 1; round < ROUNDS; round++) {
		const double us = look(b, list, &expected);

		best_us = us < best_us ? us : best_us;
	}
	printf("%-9s %zu, TLS expected of %" PRIu32 ": first %.1f us, then %.1f us\n", what,
	    list->count, expected, first_us, best_us);
}

int
main(int argc, char **argv)
{
	struct sessions list = { .max = argc > 2 ? strtoul(argv[2], NULL, 10) : SERVERS_DEFAULT };
	struct memory_visitor visitor = { &list, add, no_pair, no_neighbourhood };
	/* the member and its address are two */
	struct err e = { "" };
	struct baseline *b = baseline_new(2 * list.max, list.max, &e);
	struct store *s = b != NULL && argc > 1 ? store_open(argv[1], STORE_READ, b, &e) : NULL;
	struct rusage used;

	list.all = calloc(list.max, sizeof(list.all[0]));
	if (s == NULL || list.all == NULL || store_each(s, &visitor, &e) < 0 || list.count == 0) {
		fprintf(stderr, "look: %s\n", e.text);
		return 1;
	}
	measure(b, &list, "servers");
	/* others in the same networks, of the same names' domains */
	for (size_t i = 0; i < list.count; i++) {
		list.all[i].flow.tuple.addr[SIDE_SERVER].bytes[3] += 100;
		memcpy(list.all[i].server_name, "zz", 2);
	}
	measure(b, &list, "strangers");
	getrusage(RUSAGE_SELF, &used);
	printf("%ld MB, of which %zu are this program's own list\n", used.ru_maxrss / 1024,
	    list.count * sizeof(list.all[0]) >> 20);
	store_free(&s);
	baseline_free(&b);
	free(list.all);
	return 0;
}
