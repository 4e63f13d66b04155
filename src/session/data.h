/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_DATA_H
#define SESSION_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/span.h"
#include "words/flow.h"

/*
 * Data connections of FTP. A control connection says where its next one will be (RFC 959
 * §4.1.2, RFC 2428); where it is encrypted, only those that the server itself opens from
 * its data port are known to be its (RFC 959 §3.2). Of a data connection nothing is asked
 * but whether it begins with TLS (RFC 4217 §7, §9): what it carries may look like anything.
 */
struct data_connections;

/* So long after it was announced a data connection is one, in packet time. */
#define DATA_AWAITED_NS (INT64_C(60) * 1000000000)

enum { DATA_AWAITED_MAX = 4096, DATA_FIRST_BYTES = 6 };

/* What a session has to do with others, as a control or as a data connection. */
struct data_tie {
	void *session;			/* whose it is */
	struct data_tie *other;		/* its data or control connection, or NULL */
	bool is_data;
	uint64_t awaited;		/* of a control connection: hash of the next one, or 0 */
	uint64_t standing;		/* ... and of any from the server's data port */
	uint8_t first_count;
	uint8_t first[DATA_FIRST_BYTES];
};

/* The oldest is forgotten when awaited_max are awaited. NULL with *e set. */
struct data_connections *data_connections_new(size_t awaited_max, struct err *e);

/* A control connection has said where. *tie is its tie, made when it is NULL. */
void data_await(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow, enum side side, uint16_t port);

/* It is encrypted from now on. */
void data_await_from_server(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow);

/* Is this new connection one that was awaited? Then its tie, else NULL. */
struct data_tie *data_claim(struct data_connections *d, void *session, const struct flow *flow);

enum data_looks { DATA_LOOKS_LIKE_NOTHING_YET, DATA_LOOKS_CLEAR, DATA_LOOKS_LIKE_TLS };

/* The next bytes of a data connection, from whichever side. */
enum data_looks data_look(struct data_tie *tie, struct span bytes);

/* The session is over: nobody will be told of it through its tie any more. Frees it. */
void data_untie(struct data_connections *d, struct data_tie **tie);

/* Visit "session.data_connections" and "session.data_forgotten". */
void data_connections_counters(const struct data_connections *d, counter_visit *visit, void *ctx);

void data_connections_free(struct data_connections **d);

#endif
