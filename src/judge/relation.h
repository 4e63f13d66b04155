/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RELATION_H
#define JUDGE_RELATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "words/observation.h"
#include "words/verdict.h"

/*
 * What an earlier connection has to do with this one. Of the same client and
 * server: its handshake broke, or its upgrade was refused, or the port with TLS
 * could not be reached, and now the client comes in clear. Of anybody: it began
 * with the very same ClientHello.
 */
struct relations;

struct relation {
	enum setback setback;
	bool same_name;		/* both gave a name, and the same: several may share an address */
	uint64_t flow_id;	/* of the earlier connection */
	uint64_t blocked_flow_id;	/* of the attempt to reach a port with TLS, or 0 */
	uint16_t blocked_port;
	bool blocked_serves;	/* ... which is known to serve TLS; the judge says so */
	uint64_t same_hello_flow_id;	/* TLS from the first byte here, an upgrade there; or 0 */
};

/* So long after the first one's end a connection may still be its successor, in packet time. */
#define RELATION_AGE_NS (300 * INT64_C(1000000000))

/* The oldest go when pairs_max clients and servers are remembered. NULL with *e set. */
struct relations *relations_new(size_t pairs_max, struct err *e);

/* The setback that this connection may be the answer to. */
struct relation relations_find(const struct relations *r, const struct observation *seen);

/*
 * Remember how it stands with a connection, until it tells better, or an attempt. One
 * with TLS ends what came before it.
 */
void relations_learn(struct relations *r, const struct observation *seen);

/* Visit "relations.*" counters. */
void relations_counters(const struct relations *r, counter_visit *visit, void *ctx);

void relations_free(struct relations **r);

#endif
