/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/repeats.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/table.h"

struct repeats {
	struct hash_key key;
	struct table *windows;	/* never touched again: the oldest began first */
	size_t max;
	uint64_t merged, hurried;
};

struct repeats *
repeats_new(size_t windows_max, struct err *e)
{
	struct repeats *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->windows = table_new(windows_max, sizeof(struct repeat))) == NULL) {
		err_set_errno(e, "windows for %zu repeated alerts", windows_max);
		repeats_free(&r);
		return NULL;
	}
	r->key = hash_key_random();
	r->max = windows_max;
	return r;
}

/* The same to all clients: the server has changed, or somebody is right in front of it. */
static bool
is_about_server(const struct rule *rule)
{
	switch (rule->technique) {
	case TECHNIQUE_CAP_STRIPPED:
	case TECHNIQUE_CAP_CMD_REFUSED:
	case TECHNIQUE_CAP_MASKED:
	case TECHNIQUE_CERT_CHANGED:
	case TECHNIQUE_POLICY_TOKEN_STRIPPED:
	case TECHNIQUE_SASL_DOWNGRADE:
		return true;
	default:
		return false;
	}
}

static uint64_t
window_hash(const struct repeats *r, const struct record *record, const struct rule *rule)
{
	const struct flow_tuple *t = &record->seen.flow.tuple;
	struct {
		struct address server, client;
		uint32_t sid, port;
	} key;

	memset(&key, 0, sizeof(key));
	key.server = t->addr[SIDE_SERVER];
	key.port = t->port[SIDE_SERVER];
	key.sid = rule->sid;
	if (!is_about_server(rule))
		key.client = t->addr[SIDE_CLIENT];
	return hash_bytes(&r->key, &key, sizeof(key));
}

static void
note_client(const struct repeats *r, struct repeat *w, const struct record *record)
{
	const struct address *client = &record->seen.flow.tuple.addr[SIDE_CLIENT];
	uint64_t hash = hash_bytes(&r->key, client, sizeof(*client));

	for (unsigned i = 0; i < w->clients; i++) {
		if (w->client_hashes[i] == hash)
			return;
	}
	if (w->clients < REPEATS_CLIENTS_MAX)
		w->client_hashes[w->clients++] = hash;
}

bool
repeats_note(struct repeats *r, const struct record *record, const struct rule *rule,
    unsigned severity, int64_t now_ns)
{
	uint64_t hash = window_hash(r, record, rule);
	struct repeat *w = table_find(r->windows, hash);
	bool graver = w == NULL || severity < w->severity;

	if (w == NULL) {
		w = table_take(r->windows, hash);
		w->rule = rule;
		w->first_ns = record->seen.at.at_ns;
		w->due_ns = now_ns + REPEATS_WINDOW_NS;
	}
	if (graver)
		w->severity = severity;
	else
		r->merged++;
	w->count++;
	w->last = *record;
	note_client(r, w, record);
	return !graver;
}

bool
repeats_close(struct repeats *r, int64_t now_ns, struct repeat *repeat_r)
{
	uint64_t hash;
	struct repeat *w;

	while ((w = table_oldest(r->windows, &hash)) != NULL) {
		bool full = table_used(r->windows) == r->max;

		if (w->due_ns > now_ns && !full)
			return false;
		r->hurried += w->due_ns > now_ns && now_ns != INT64_MAX;
		*repeat_r = *w;
		table_drop(r->windows, hash);
		if (repeat_r->count > 1)
			return true;
	}
	return false;
}

void
repeats_counters(const struct repeats *r, counter_visit *visit, void *ctx)
{
	visit(ctx, "judge.merged", r->merged);
	visit(ctx, "judge.windows", table_used(r->windows));
	visit(ctx, "judge.windows_hurried", r->hurried);
}

void
repeats_free(struct repeats **r)
{
	if (*r == NULL)
		return;
	table_free(&(*r)->windows);
	free(*r);
	*r = NULL;
}
