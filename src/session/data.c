/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/data.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/table.h"
#include "dialect/dialect.h"
#include "tls/tls.h"

struct data_connections {
	struct hash_key key;
	struct table *awaited;
	uint64_t claimed;
};

/* Who is waiting for a connection, and since when; 0 for as long as it lasts. */
struct awaited {
	struct data_tie *control;
	int64_t since_ns;
};

struct data_connections *
data_connections_new(size_t awaited_max, struct err *e)
{
	struct data_connections *d = calloc(1, sizeof(*d));

	if (d != NULL) {
		d->key = hash_key_random();
		d->awaited = table_new(awaited_max, sizeof(struct awaited));
		if (d->awaited != NULL)
			return d;
	}
	err_set_errno(e, "data connections");
	data_connections_free(&d);
	return NULL;
}

/* From that side of a flow to the other, to one port there, or from one port here. */
static uint64_t
hash_of(const struct data_connections *d, const struct flow_tuple *t, enum side from,
    uint16_t from_port, uint16_t to_port)
{
	struct {
		struct address addr[2];
		uint16_t port[2];
		uint8_t tap;
	} key;
	uint64_t hash;

	memset(&key, 0, sizeof(key));
	key.addr[0] = t->addr[from];
	key.addr[1] = t->addr[side_other(from)];
	key.port[0] = from_port;
	key.port[1] = to_port;
	key.tap = t->tap;
	hash = hash_quick(&d->key, &key, sizeof(key));
	return hash != 0 ? hash : 1;
}

static void
stop_waiting(struct data_connections *d, const struct data_tie *tie, uint64_t *hash)
{
	const struct awaited *a = *hash != 0 ? table_find(d->awaited, *hash) : NULL;

	if (a != NULL && a->control == tie)
		table_drop(d->awaited, *hash);
	*hash = 0;
}

static struct data_tie *
tie_new(void *session)
{
	struct data_tie *tie = calloc(1, sizeof(*tie));

	if (tie != NULL)
		tie->session = session;
	return tie;
}

static void
await(struct data_connections *d, struct data_tie *tie, uint64_t hash, int64_t since_ns)
{
	struct awaited *a = table_take(d->awaited, hash);

	a->control = tie;
	a->since_ns = since_ns;
}

void
data_await(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow, enum side side, uint16_t port)
{
	if (*tie == NULL)
		*tie = tie_new(session);
	if (*tie == NULL)
		return;
	stop_waiting(d, *tie, &(*tie)->awaited);
	(*tie)->awaited = hash_of(d, &flow->tuple, side_other(side), 0, port);
	await(d, *tie, (*tie)->awaited, flow->last.at_ns);
}

void
data_await_from_server(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow)
{
	const uint16_t data_port = (uint16_t)(flow->tuple.port[SIDE_SERVER] - 1);

	if (*tie == NULL)
		*tie = tie_new(session);
	if (*tie == NULL || (*tie)->standing != 0)
		return;
	(*tie)->standing = hash_of(d, &flow->tuple, SIDE_SERVER, data_port, 0);
	await(d, *tie, (*tie)->standing, 0);
}

/* The control connection that waits for it. */
static struct data_tie *
find_control(struct data_connections *d, const struct flow *flow)
{
	const struct flow_tuple *t = &flow->tuple;
	const struct awaited *a = table_find(d->awaited,
	    hash_of(d, t, SIDE_CLIENT, 0, t->port[SIDE_SERVER]));

	if (a != NULL && flow->first.at_ns - a->since_ns <= DATA_AWAITED_NS)
		return a->control;
	a = table_find(d->awaited, hash_of(d, t, SIDE_CLIENT, t->port[SIDE_CLIENT], 0));
	return a != NULL ? a->control : NULL;
}

struct data_tie *
data_claim(struct data_connections *d, void *session, const struct flow *flow)
{
	struct data_tie *control, *tie;

	/* nobody may hide a session on a dialect's port by announcing it */
	if (table_used(d->awaited) == 0 || !flow->handshake ||
	    dialect_by_port(flow->tuple.port[SIDE_SERVER]) != NULL ||
	    dialect_by_implicit_port(flow->tuple.port[SIDE_SERVER]) != NULL)
		return NULL;
	control = find_control(d, flow);
	tie = control != NULL ? tie_new(session) : NULL;
	if (tie == NULL)
		return NULL;
	d->claimed++;
	stop_waiting(d, control, &control->awaited);
	if (control->other != NULL)
		control->other->other = NULL;
	control->other = tie;
	tie->other = control;
	tie->is_data = true;
	return tie;
}

/* Whichever record of TLS it is: hellos get lost, and who waits in vain for one sends an alert. */
static bool
could_be_record(struct span in)
{
	uint8_t header[TLS_RECORD_HEADER] = { TLS_HANDSHAKE, 3, 1, 0, 1 };
	struct tls_record record;

	/* what is not there yet is thought to be as it should */
	for (size_t i = 0; i < in.n && i < sizeof(header); i++)
		header[i] = (uint8_t)span_at(in, i);
	return tls_record_read(span_of(header, sizeof(header)), &record) > 0;
}

enum data_looks
data_look(struct data_tie *tie, struct span bytes)
{
	struct span first;

	while (tie->first_count < DATA_FIRST_BYTES && bytes.n > 0) {
		tie->first[tie->first_count++] = (uint8_t)span_at(bytes, 0);
		bytes = span_tail(bytes, 1);
	}
	first = span_of(tie->first, tie->first_count);
	if (could_be_record(first))
		return first.n < TLS_RECORD_HEADER ? DATA_LOOKS_LIKE_NOTHING_YET : DATA_LOOKS_LIKE_TLS;
	switch (tls_looks_like_client(first)) {
	case TLS_YES:
		return DATA_LOOKS_LIKE_TLS;
	case TLS_MAYBE:
		return DATA_LOOKS_LIKE_NOTHING_YET;
	default:
		return DATA_LOOKS_CLEAR;
	}
}

void
data_untie(struct data_connections *d, struct data_tie **tie)
{
	if (*tie == NULL)
		return;
	stop_waiting(d, *tie, &(*tie)->awaited);
	stop_waiting(d, *tie, &(*tie)->standing);
	if ((*tie)->other != NULL)
		(*tie)->other->other = NULL;
	free(*tie);
	*tie = NULL;
}

void
data_connections_counters(const struct data_connections *d, counter_visit *visit, void *ctx)
{
	visit(ctx, "session.data_connections", d->claimed);
	visit(ctx, "session.data_forgotten", table_evicted(d->awaited));
}

void
data_connections_free(struct data_connections **d)
{
	if (*d == NULL)
		return;
	table_free(&(*d)->awaited);
	free(*d);
	*d = NULL;
}
