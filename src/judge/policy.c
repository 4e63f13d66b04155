/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/policy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "judge/policy_parts.h"

/* An empty list is everybody. */
static bool
in_networks(const struct network *networks, size_t count, const struct address *address)
{
	return count == 0 || network_any_has(networks, count, address);
}

bool
policy_name_fits(const char *pattern, const char *name)
{
	size_t n = strlen(name), tail = strlen(pattern);

	if (strncmp(pattern, "*.", 2) != 0)
		return strcasecmp(pattern, name) == 0;
	tail--;
	return n > tail && strcasecmp(name + n - tail, pattern + 1) == 0;
}

/* Which server the client wants, or what the server calls itself. */
static bool
in_names(const struct policy_scope *s, const struct observation *o)
{
	for (size_t i = 0; i < s->name_count; i++) {
		if (policy_name_fits(s->names[i], o->server_name) ||
		    policy_name_fits(s->names[i], o->tls.sni))
			return true;
	}
	return s->name_count == 0;
}

static bool
in_dialects(const struct policy_scope *s, const struct observation *o)
{
	const char *dialect = o->dialect[0] != '\0' ? o->dialect : o->dialect_expected;

	for (size_t i = 0; i < s->dialect_count; i++) {
		if (strcmp(s->dialects[i], dialect) == 0)
			return true;
	}
	return s->dialect_count == 0;
}

static bool
in_scope(const struct policy_scope *s, const struct observation *o)
{
	return in_networks(s->servers, s->server_count, &o->flow.tuple.addr[SIDE_SERVER]) &&
	    in_networks(s->clients, s->client_count, &o->flow.tuple.addr[SIDE_CLIENT]) &&
	    in_dialects(s, o) && in_names(s, o);
}

/* The first entry that fits counts. */
static const struct policy_server *
entry_of(const struct policy *p, const struct observation *seen)
{
	for (size_t i = 0; p != NULL && i < p->tls_count; i++) {
		if (in_scope(&p->tls[i].scope, seen))
			return &p->tls[i];
	}
	return NULL;
}

enum policy_tls
policy_tls(const struct policy *p, const struct observation *seen)
{
	const struct policy_server *entry = entry_of(p, seen);

	return entry != NULL ? entry->tls : POLICY_SILENT;
}

enum expectation
policy_by(const struct policy *p, const struct observation *seen)
{
	const struct policy_server *entry = entry_of(p, seen);

	return entry != NULL ? entry->by : EXPECTED_BY_NOBODY;
}

bool
policy_decrypts(const struct policy *p, const char *tap)
{
	for (size_t i = 0; p != NULL && i < p->decrypting_count; i++) {
		if (strcmp(p->decrypting[i], tap) == 0)
			return true;
	}
	return false;
}

bool
policy_ends_tls(const struct policy *p, const struct address *address)
{
	return p != NULL && network_any_has(p->proxies, p->proxy_count, address);
}

bool
policy_suppresses(const struct policy *p, const struct observation *seen,
    enum technique technique)
{
	for (size_t i = 0; p != NULL && i < p->suppress_count; i++) {
		const struct policy_suppression *s = &p->suppress[i];

		if ((s->technique == TECHNIQUE_NONE || s->technique == technique) &&
		    seen->at.at_ns < s->until_ns && in_scope(&s->scope, seen))
			return true;
	}
	return false;
}

void
policy_free(struct policy **p)
{
	struct arena *arena;

	if (*p == NULL)
		return;
	arena = (*p)->arena;
	*p = NULL;
	arena_free(&arena);	/* the policy itself is in it */
}
