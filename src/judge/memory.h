/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_MEMORY_H
#define JUDGE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "judge/server.h"

/*
 * Servers, and pairs of client and server, by their hashes: as many as there is room for,
 * the latest touched, and behind them whatever a file holds. Pointers are good until the
 * fourth other entry is asked for.
 */
struct memory;

/* When a client first and last did a thing with a server: used TLS, for one. */
struct pair {
	int64_t first_ns, last_ns;
	bool dirty;		/* changed since it was last stored */
};

/*
 * What lies behind: server and pair give what is stored under a hash, false when there is
 * none. make_room, where something is stored, is called before a change would have to be
 * dropped, and takes them all.
 */
struct memory_backing {
	void *ctx;
	bool (*server)(void *ctx, uint64_t hash, struct server *server_r);
	bool (*pair)(void *ctx, uint64_t hash, struct pair *pair_r);
	void (*make_room)(void *ctx);
};

struct memory_visitor {
	void *ctx;
	void (*server)(void *ctx, uint64_t hash, const struct server *server);
	void (*pair)(void *ctx, uint64_t hash, const struct pair *pair);
};

/* NULL when memory is short. */
struct memory *memory_new(size_t servers_max, size_t pairs_max);

/* Copied; before anything is in it. */
void memory_set_backing(struct memory *m, const struct memory_backing *backing);

/* NULL when it is not known. */
struct server *memory_server(struct memory *m, uint64_t hash);
struct pair *memory_pair(struct memory *m, uint64_t hash);

/* The same, and a new one, zeroed, when it is not known. */
struct server *memory_server_or_new(struct memory *m, uint64_t hash);
struct pair *memory_pair_or_new(struct memory *m, uint64_t hash);

/* That one is to be stored. */
void memory_server_changed(struct memory *m, struct server *server, uint64_t hash);
void memory_pair_changed(struct memory *m, struct pair *pair, uint64_t hash);

/* Visit what has changed since the last call, and how much that is by now. */
void memory_take_changes(struct memory *m, const struct memory_visitor *visitor);
size_t memory_changes(const struct memory *m);

/* Visit "baseline.*": how many servers, by what is known of them, and pairs; what had to go. */
void memory_counters(const struct memory *m, counter_visit *visit, void *ctx);

void memory_free(struct memory **m);

#endif
