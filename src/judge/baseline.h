/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_BASELINE_H
#define JUDGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/hash.h"
#include "judge/memory.h"
#include "judge/server.h"
#include "words/observation.h"
#include "words/verdict.h"

/*
 * What each server (address, port, dialect) used to do, and which clients have
 * used TLS with it. Learnt only from sessions that were seen whole.
 */
struct baseline;

enum { BASELINE_SERVERS_DEFAULT = 65536, BASELINE_PAIRS_DEFAULT = 262144,
	BASELINE_FADING_DAYS = 90 };

/*
 * An empty one in memory; the oldest entries go when it is full. NULL with *e
 * set when memory is short.
 */
struct baseline *baseline_new(size_t servers_max, size_t pairs_max, struct err *e);

/*
 * What is known of the server of this session. Of a stranger nothing is, but for what its
 * neighbours do, where they all do the same.
 */
struct history baseline_look(struct baseline *b, const struct observation *seen);

/*
 * What hindsight adds once all input has been learnt: the history as it stands
 * now. Without strength where the server began to offer only after several
 * clients had gone without, because then it was not stripped but set up.
 */
struct history baseline_hindsight(struct baseline *b,
    const struct observation *seen);

/* Has TLS from the first byte been seen at that port of this server? */
bool baseline_serves_tls(struct baseline *b, const struct observation *seen,
    uint16_t port);

/* Did this client use TLS with this server after that session? */
bool baseline_upgraded_later(struct baseline *b, const struct observation *seen);

/* Learn from a final observation; does nothing when it was not seen whole. */
void baseline_learn(struct baseline *b, const struct observation *seen);

/* True the first time a thing is said of a server on a day; later times false. */
bool baseline_first_today(struct baseline *b, const struct observation *seen,
    enum technique technique);

/*
 * For whoever stores it: what is in memory, and the hashes under which it is. Clients and
 * pairs are only hashes, made with a key that belongs to the baseline: a stored one brings
 * its own, before anything is in memory.
 */
struct memory *baseline_memory(struct baseline *b);
uint64_t baseline_server_hash(const struct baseline *b, const struct server_key *key);
int64_t baseline_fading_ns(const struct baseline *b);
struct hash_key baseline_key(const struct baseline *b);
void baseline_set_key(struct baseline *b, struct hash_key key);

/* Visit "baseline.*" counters. */
void baseline_counters(const struct baseline *b, counter_visit *visit, void *ctx);

void baseline_free(struct baseline **b);

#endif
