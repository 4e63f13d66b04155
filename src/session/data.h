/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_DATA_H
#define SESSION_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/list.h"
#include "base/span.h"
#include "dialect/facts.h"
#include "words/flow.h"

/*
 * Data connections of FTP. A control connection says where its next one will be (RFC 959
 * §4.1.2, RFC 2428); where it is encrypted, only those that the server itself opens from
 * its data port are known to be its (RFC 959 §3.2). Of a data connection nothing is asked
 * but whether it begins with TLS (RFC 4217 §7, §9): what it carries may look like anything.
 *
 * Anybody can announce anything. So a connection is data only as long as one side alone
 * speaks; when the other one answers in clear, it is a conversation like any other.
 */
struct data_connections;

/* So long after it was announced a data connection is one, in packet time. */
#define DATA_AWAITED_NS (INT64_C(60) * 1000000000)

enum {
	DATA_AWAITED_MAX = 4096,	/* places */
	DATA_CONTROLS_MAX = 8,		/* sessions that await something at the same place */
	DATA_FIRST_BYTES = 6,
	DATA_ALERTS_BYTES = 14,	/* a server refuses TLS with an alert or two, and no more */
	DATA_FOREIGN_PORT_MIN = 1024,	/* below, another machine has services, and no data */
};

enum data_looks {
	DATA_LOOKS_LIKE_NOTHING_YET,	/* ... or like TLS that was refused at once */
	DATA_LOOKS_LIKE_TLS,		/* from all who have said something */
	DATA_LOOKS_CLEAR,		/* from one side alone */
	DATA_LOOKS_LIKE_TALK,		/* from both sides, and not TLS: it is no data */
};

/* What a session has to do with others, as a control or as a data connection. */
struct data_tie {
	void *session;			/* whose it is */
	bool is_data;

	/* Of a control connection. */
	struct list data;		/* its data connections */
	uint64_t awaited[2];		/* hashes of where the next one may be, or 0 */
	uint64_t standing;		/* ... and of any from the server's data port */

	/* Of a data connection. */
	struct data_tie *control;	/* or NULL when that is over */
	struct list_link beside;	/* in its list */
	bool settled;			/* it was counted */
	enum side from;			/* who spoke first */
	struct frame_ref first_at;
	bool holed[2];			/* what that side began with is lost in part */
	uint64_t said[2];		/* bytes */
	uint8_t first_count[2];
	uint8_t first[2][DATA_FIRST_BYTES];
};

/* The longest awaited is forgotten when there are awaited_max. NULL with *e set. */
struct data_connections *data_connections_new(size_t awaited_max, struct err *e);

/*
 * A control connection has said where. *tie is its tie, made when it is NULL. It may be
 * there in earnest, or at the connection's own address, as behind translators of addresses.
 */
void data_await(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow, const struct data_place *place);

/* It is encrypted, and something was said: who spoke last is most likely to be meant. */
void data_await_from_server(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow);

/* Is this new connection one that was awaited? Then its tie, else NULL. */
struct data_tie *data_claim(struct data_connections *d, void *session, const struct flow *flow);

/* The next bytes of a data connection: what it looks like now. */
enum data_looks data_look(struct data_tie *tie, enum side from, struct span bytes,
    const struct frame_ref *at);

/* Some are missing. */
enum data_looks data_lose(struct data_tie *tie, enum side from);

/* The same without any. */
enum data_looks data_looks(const struct data_tie *tie);

/* Was anything heard of that side? */
bool data_spoke(const struct data_tie *tie, enum side side);

/*
 * It is a data connection for good: count it and cut the tie. The session of the control
 * connection, or NULL when that is over.
 */
void *data_settle(struct data_connections *d, struct data_tie *tie);

/* The session of a data connection that is not settled yet, or NULL. */
void *data_unsettled(const struct data_tie *control);

/* The session is over: nobody will be told of it through its tie any more. Frees it. */
void data_untie(struct data_connections *d, struct data_tie **tie);

/* Visit "session.data_connections" and "session.data_forgotten". */
void data_connections_counters(const struct data_connections *d, counter_visit *visit, void *ctx);

void data_connections_free(struct data_connections **d);

#endif
