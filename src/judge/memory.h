/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_MEMORY_H
#define JUDGE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "judge/neighbourhood.h"
#include "judge/server.h"

/*
 * Servers, pairs of client and server, and neighbourhoods of servers, by their hashes: as
 * many as there is room for, the latest touched, and behind them whatever a file holds.
 * Pointers are good until the fourth other entry is asked for.
 */
struct memory;

/* When a client first and last did a thing with a server: used TLS, for one. */
struct pair {
	int64_t first_ns, last_ns;
	uint32_t hello;		/* its ClientHello's fingerprint, a number; 0: none */
	int64_t hello_ns;	/* ... since when it has been no other */
};

/*
 * What lies behind: each gives what is stored under a hash, false when there is
 * none. make_room, where something is stored, is called before a change would have to be
 * dropped, and takes them all.
 */
struct memory_backing {
	void *ctx;
	bool (*server)(void *ctx, uint64_t hash, struct server *server_r);
	bool (*pair)(void *ctx, uint64_t hash, struct pair *pair_r);
	bool (*neighbourhood)(void *ctx, uint64_t hash, struct neighbourhood *neighbourhood_r);
	void (*make_room)(void *ctx);
};

struct memory_visitor {
	void *ctx;
	void (*server)(void *ctx, uint64_t hash, const struct server *server);
	void (*pair)(void *ctx, uint64_t hash, const struct pair *pair);
	void (*neighbourhood)(void *ctx, uint64_t hash,
	    const struct neighbourhood *neighbourhood);
};

/* As many neighbourhoods as servers. NULL when memory is short. */
struct memory *memory_new(size_t servers_max, size_t pairs_max);

/* Copied; before anything is in it. */
void memory_set_backing(struct memory *m, const struct memory_backing *backing);

/* NULL when it is not known. */
struct server *memory_server(struct memory *m, uint64_t hash);
struct pair *memory_pair(struct memory *m, uint64_t hash);
struct neighbourhood *memory_neighbourhood(struct memory *m, uint64_t hash);

/* The same, and a new one, zeroed, when it is not known. */
struct server *memory_server_or_new(struct memory *m, uint64_t hash);
struct pair *memory_pair_or_new(struct memory *m, uint64_t hash);
struct neighbourhood *memory_neighbourhood_or_new(struct memory *m, uint64_t hash);

/* That one is to be stored. */
void memory_server_changed(struct memory *m, uint64_t hash);
void memory_pair_changed(struct memory *m, uint64_t hash);
void memory_neighbourhood_changed(struct memory *m, uint64_t hash);

/* Visit what has changed since the last call, and how much that is by now. */
void memory_take_changes(struct memory *m, const struct memory_visitor *visitor);
size_t memory_changes(const struct memory *m);

/* They could not be stored after all: all there is will be visited the next time. */
void memory_changes_failed(struct memory *m);

/*
 * Visit "baseline.*": how many servers, by what is known of them, pairs and
 * neighbourhoods; and what had to go.
 */
void memory_counters(const struct memory *m, counter_visit *visit, void *ctx);

void memory_free(struct memory **m);

#endif
