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
	uint64_t settled;
};

/* Who waits for a connection at one place, the longest first. */
struct awaited {
	uint8_t count;
	struct waiting {
		struct data_tie *control;
		int64_t since_ns;
	} by[DATA_CONTROLS_MAX];
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

/* From one address to another, to one port there, or from one port here. */
static uint64_t
hash_of(const struct data_connections *d, const struct address *from,
    const struct address *to, uint16_t from_port, uint16_t to_port, uint8_t tap)
{
	struct {
		struct address addr[2];
		uint16_t port[2];
		uint8_t tap;
	} key;
	uint64_t hash;

	memset(&key, 0, sizeof(key));
	key.addr[0] = *from;
	key.addr[1] = *to;
	key.port[0] = from_port;
	key.port[1] = to_port;
	key.tap = tap;
	hash = hash_quick(&d->key, &key, sizeof(key));
	return hash != 0 ? hash : 1;
}

static void
remove_waiting(struct awaited *a, const struct data_tie *tie)
{
	uint8_t kept = 0;

	for (uint8_t i = 0; i < a->count; i++) {
		if (a->by[i].control != tie)
			a->by[kept++] = a->by[i];
	}
	a->count = kept;
}

static void
stop_waiting(struct data_connections *d, const struct data_tie *tie, uint64_t *hash)
{
	struct awaited *a = *hash != 0 ? table_find(d->awaited, *hash) : NULL;

	if (a != NULL) {
		remove_waiting(a, tie);
		if (a->count == 0)
			table_drop(d->awaited, *hash);
	}
	*hash = 0;
}

static void
stop_awaiting(struct data_connections *d, struct data_tie *tie)
{
	stop_waiting(d, tie, &tie->awaited[0]);
	stop_waiting(d, tie, &tie->awaited[1]);
}

static struct data_tie *
tie_new(void *session)
{
	struct data_tie *tie = calloc(1, sizeof(*tie));

	if (tie != NULL)
		tie->session = session;
	return tie;
}

/* Behind all others that wait there; where there are too many, the longest gives up. */
static void
await(struct data_connections *d, struct data_tie *tie, uint64_t hash, int64_t since_ns)
{
	struct awaited *a = table_take(d->awaited, hash);

	remove_waiting(a, tie);
	if (a->count == DATA_CONTROLS_MAX)
		remove_waiting(a, a->by[0].control);
	a->by[a->count++] = (struct waiting){ tie, since_ns };
}

/* Another machine than the one that said so: that is where its services are, and no data. */
static bool
is_elsewhere(const struct data_place *place, const struct address *own)
{
	return place->address.family != 0 && place->port >= DATA_FOREIGN_PORT_MIN &&
	    !address_equal(&place->address, own);
}

void
data_await(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow, const struct data_place *place)
{
	const struct flow_tuple *t = &flow->tuple;
	const struct address *own = &t->addr[place->side];
	const struct address *from = &t->addr[side_other(place->side)];

	if (*tie == NULL)
		*tie = tie_new(session);
	if (*tie == NULL)
		return;
	stop_awaiting(d, *tie);
	(*tie)->awaited[0] = hash_of(d, from, own, 0, place->port, t->tap);
	await(d, *tie, (*tie)->awaited[0], flow->last.at_ns);
	if (!is_elsewhere(place, own))
		return;
	(*tie)->awaited[1] = hash_of(d, from, &place->address, 0, place->port, t->tap);
	await(d, *tie, (*tie)->awaited[1], flow->last.at_ns);
}

void
data_await_from_server(struct data_connections *d, struct data_tie **tie, void *session,
    const struct flow *flow)
{
	const struct flow_tuple *t = &flow->tuple;
	const uint16_t data_port = (uint16_t)(t->port[SIDE_SERVER] - 1);

	if (*tie == NULL)
		*tie = tie_new(session);
	if (*tie == NULL)
		return;
	if ((*tie)->standing == 0)
		(*tie)->standing = hash_of(d, &t->addr[SIDE_SERVER], &t->addr[SIDE_CLIENT],
		    data_port, 0, t->tap);
	await(d, *tie, (*tie)->standing, 0);
}

/* The control connection that waits for it: the first that said where, or the last that spoke. */
static struct data_tie *
find_control(struct data_connections *d, const struct flow *flow)
{
	const struct flow_tuple *t = &flow->tuple;
	const struct address *from = &t->addr[SIDE_CLIENT], *to = &t->addr[SIDE_SERVER];
	const struct awaited *a = table_find(d->awaited,
	    hash_of(d, from, to, 0, t->port[SIDE_SERVER], t->tap));

	for (uint8_t i = 0; a != NULL && i < a->count; i++) {
		if (flow->first.at_ns - a->by[i].since_ns <= DATA_AWAITED_NS)
			return a->by[i].control;
	}
	a = table_find(d->awaited, hash_of(d, from, to, t->port[SIDE_CLIENT], 0, t->tap));
	return a != NULL ? a->by[a->count - 1].control : NULL;
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
	stop_awaiting(d, control);
	tie->is_data = true;
	tie->control = control;
	list_add(&control->data, &tie->beside, tie);
	return tie;
}

/* It is FTP's client that begins with TLS, whoever called (RFC 4217 §7); its server may refuse. */
static enum data_looks
side_looks(const struct data_tie *tie, enum side side)
{
	const struct span first = span_of(tie->first[side], tie->first_count[side]);
	const enum tls_looks client = tls_looks_like_client(first),
	    server = tls_looks_like_server(first);

	if (tie->holed[side])
		return DATA_LOOKS_CLEAR;
	if (client == TLS_YES || (server == TLS_YES && span_at(first, 0) == TLS_HANDSHAKE))
		return DATA_LOOKS_LIKE_TLS;
	return first.n == 0 || client == TLS_MAYBE ||
	    (server != TLS_NOT && tie->said[side] <= DATA_ALERTS_BYTES) ?
	    DATA_LOOKS_LIKE_NOTHING_YET : DATA_LOOKS_CLEAR;
}

enum data_looks
data_looks(const struct data_tie *tie)
{
	const enum data_looks client = side_looks(tie, SIDE_CLIENT),
	    server = side_looks(tie, SIDE_SERVER);

	if (client != DATA_LOOKS_LIKE_NOTHING_YET && server != DATA_LOOKS_LIKE_NOTHING_YET)
		return client == DATA_LOOKS_LIKE_TLS && server == DATA_LOOKS_LIKE_TLS ?
		    DATA_LOOKS_LIKE_TLS : DATA_LOOKS_LIKE_TALK;
	/* what it began with may be what is missing */
	if (tie->holed[SIDE_CLIENT] || tie->holed[SIDE_SERVER])
		return DATA_LOOKS_LIKE_NOTHING_YET;
	return client > server ? client : server;
}

bool
data_spoke(const struct data_tie *tie, enum side side)
{
	return tie->first_count[side] > 0;
}

enum data_looks
data_look(struct data_tie *tie, enum side from, struct span bytes, const struct frame_ref *at)
{
	if (bytes.n > 0 && !data_spoke(tie, SIDE_CLIENT) && !data_spoke(tie, SIDE_SERVER)) {
		tie->from = from;
		tie->first_at = *at;
	}
	tie->said[from] += bytes.n;
	while (tie->first_count[from] < DATA_FIRST_BYTES && bytes.n > 0) {
		tie->first[from][tie->first_count[from]++] = (uint8_t)span_at(bytes, 0);
		bytes = span_tail(bytes, 1);
	}
	return data_looks(tie);
}

enum data_looks
data_lose(struct data_tie *tie, enum side from)
{
	tie->holed[from] |= side_looks(tie, from) == DATA_LOOKS_LIKE_NOTHING_YET;
	return data_looks(tie);
}

static void
leave_control(struct data_tie *tie)
{
	if (tie->control != NULL)
		list_remove(&tie->control->data, &tie->beside);
	tie->control = NULL;
}

void *
data_settle(struct data_connections *d, struct data_tie *tie)
{
	void *control = tie->control != NULL ? tie->control->session : NULL;

	d->settled += !tie->settled;
	tie->settled = true;
	leave_control(tie);
	return control;
}

void *
data_unsettled(const struct data_tie *control)
{
	const struct data_tie *tie = control != NULL ? list_oldest(&control->data) : NULL;

	return tie != NULL ? tie->session : NULL;
}

void
data_untie(struct data_connections *d, struct data_tie **tie)
{
	struct data_tie *data;

	if (*tie == NULL)
		return;
	stop_awaiting(d, *tie);
	stop_waiting(d, *tie, &(*tie)->standing);
	while ((data = list_oldest(&(*tie)->data)) != NULL)
		leave_control(data);
	leave_control(*tie);
	free(*tie);
	*tie = NULL;
}

void
data_connections_counters(const struct data_connections *d, counter_visit *visit, void *ctx)
{
	visit(ctx, "session.data_connections", d->settled);
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
