/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_POLICY_PARTS_H
#define JUDGE_POLICY_PARTS_H

#include "base/arena.h"
#include "judge/policy.h"
#include "judge/rule_parts.h"

/* The policy as it was read: lists in the order of the file, of which the first match counts. */

/* Whom an entry is about; an empty list is everybody. */
struct policy_scope {
	unsigned line;			/* of the entry */
	struct network *servers, *clients;
	size_t server_count, client_count;
	const char **names, **dialects;
	size_t name_count, dialect_count;
};

struct policy_server {
	struct policy_scope scope;
	enum policy_tls tls;
	enum expectation by;
};

struct policy_suppression {
	struct policy_scope scope;
	enum technique technique;	/* TECHNIQUE_NONE: all of them */
	int64_t until_ns;
};

struct policy {
	struct arena *arena;
	struct policy_server *tls;
	struct policy_suppression *suppress;
	const char **decrypting;
	struct network *proxies;
	size_t tls_count, suppress_count, decrypting_count, proxy_count;
};

/* "*.example.org" is every name below it, not itself. */
bool policy_name_fits(const char *pattern, const char *name);

#endif
