/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entries of a policy can never count? */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "judge/policy_parts.h"

enum { WHAT_SIZE = 128 };

static bool
network_covers(const struct network *wide, const struct network *narrow)
{
	return wide->bits <= narrow->bits && network_has(wide, &narrow->address);
}

/* Is each of these networks inside one of those? An empty list is everybody. */
static bool
networks_cover(const struct network *wide, size_t wide_count, const struct network *narrow,
    size_t narrow_count)
{
	for (size_t i = 0; i < narrow_count && wide_count > 0; i++) {
		bool covered = false;

		for (size_t j = 0; j < wide_count && !covered; j++)
			covered = network_covers(&wide[j], &narrow[i]);
		if (!covered)
			return false;
	}
	return wide_count == 0 || narrow_count > 0;
}

/* The names below "*.mail.example" are below "*.example", too. */
static bool
name_covers(const char *wide, const char *narrow)
{
	if (strncmp(narrow, "*.", 2) != 0)
		return policy_name_fits(wide, narrow);
	return strcasecmp(wide, narrow) == 0 ||
	    (strncmp(wide, "*.", 2) == 0 && policy_name_fits(wide, narrow + 2));
}

static bool
same_word(const char *wide, const char *narrow)
{
	return strcmp(wide, narrow) == 0;
}

static bool
words_cover(const char *const *wide, size_t wide_count, const char *const *narrow,
    size_t narrow_count, bool (*covers)(const char *wide, const char *narrow))
{
	for (size_t i = 0; i < narrow_count && wide_count > 0; i++) {
		bool covered = false;

		for (size_t j = 0; j < wide_count && !covered; j++)
			covered = covers(wide[j], narrow[i]);
		if (!covered)
			return false;
	}
	return wide_count == 0 || narrow_count > 0;
}

static bool
scope_covers(const struct policy_scope *wide, const struct policy_scope *narrow)
{
	return networks_cover(wide->servers, wide->server_count, narrow->servers,
	    narrow->server_count) &&
	    networks_cover(wide->clients, wide->client_count, narrow->clients,
	    narrow->client_count) &&
	    words_cover(wide->names, wide->name_count, narrow->names, narrow->name_count,
	    name_covers) &&
	    words_cover(wide->dialects, wide->dialect_count, narrow->dialects,
	    narrow->dialect_count, same_word);
}

static void
report_shadow(policy_report *report, void *ctx, const struct policy_scope *shadowed,
    const struct policy_scope *by)
{
	char what[WHAT_SIZE];

	snprintf(what, sizeof(what), "never counts: the entry at line %u holds for all of it",
	    by->line);
	report(ctx, shadowed->line, what);
}

static unsigned
check_servers(const struct policy *p, policy_report *report, void *ctx)
{
	unsigned found = 0;

	for (size_t i = 0; i < p->tls_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!scope_covers(&p->tls[j].scope, &p->tls[i].scope))
				continue;
			report_shadow(report, ctx, &p->tls[i].scope, &p->tls[j].scope);
			found++;
			break;
		}
	}
	return found;
}

/* Any of them is enough, so the order means nothing; of two that are the same the first stays. */
static bool
suppresses_all_of(const struct policy *p, size_t by, size_t other)
{
	const struct policy_suppression *a = &p->suppress[by], *b = &p->suppress[other];
	const bool covers = scope_covers(&a->scope, &b->scope) && a->until_ns >= b->until_ns &&
	    (a->technique == TECHNIQUE_NONE || a->technique == b->technique);
	const bool same = scope_covers(&b->scope, &a->scope) && a->until_ns == b->until_ns &&
	    a->technique == b->technique;

	return by != other && covers && (!same || by < other);
}

static unsigned
check_suppressions(const struct policy *p, int64_t now_ns, policy_report *report, void *ctx)
{
	unsigned found = 0;

	for (size_t i = 0; i < p->suppress_count; i++) {
		const struct policy_suppression *s = &p->suppress[i];
		size_t by = 0;

		while (by < p->suppress_count && !suppresses_all_of(p, by, i))
			by++;
		if (s->until_ns <= now_ns)
			report(ctx, s->scope.line,
			    "has expired: take it out, or give it a new day");
		else if (by < p->suppress_count)
			report_shadow(report, ctx, &s->scope, &p->suppress[by].scope);
		else
			continue;
		found++;
	}
	return found;
}

unsigned
policy_check(const struct policy *p, int64_t now_ns, policy_report *report, void *ctx)
{
	return check_servers(p, report, ctx) + check_suppressions(p, now_ns, report, ctx);
}
