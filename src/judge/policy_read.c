/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/yaml_check.h"
#include "dialect/dialect.h"
#include "judge/policy_parts.h"

/* One reading of one file; the first fault ends it. */
struct reader {
	struct policy *policy;
	const char *path;
	struct err *e;
};

static int
fault(const struct reader *r, unsigned line, const char *what, const char *subject)
{
	return yaml_fault(r->e, r->path, line, subject, what);
}

/* Every key of a map must be one of these. */
static int
only_keys(const struct reader *r, const struct tree_node *map, const char *const *keys)
{
	return yaml_only_keys(r->path, map, keys, r->e);
}

/* What is done with one item of a list. */
typedef int take_item(const struct reader *r, const struct tree_node *item, void *place);

/* A list, or one item by itself; room for as many is taken from the arena. */
static int
read_list(const struct reader *r, const struct tree_node *map, const char *key,
    take_item *take, size_t item_bytes, void *list_r, size_t *count_r)
{
	const struct tree_node *node = yaml_tree_get(map, key);
	char *items;

	*count_r = 0;
	if (node == NULL)
		return 0;
	if (node->kind == TREE_LIST && node->count == 0)
		return fault(r, node->line, "is an empty list", key);
	*count_r = node->kind == TREE_LIST ? node->count : 1;
	items = arena_alloc(r->policy->arena, *count_r * item_bytes);
	memcpy(list_r, &items, sizeof(items));
	if (node->kind != TREE_LIST)
		return take(r, node, items);
	for (const struct tree_entry *entry = node->first; entry != NULL; entry = entry->next) {
		if (take(r, entry->value, items) < 0)
			return -1;
		items += item_bytes;
	}
	return 0;
}

static int
take_network(const struct reader *r, const struct tree_node *item, void *place)
{
	if (item->kind != TREE_TEXT || !network_read(item->text, place))
		return fault(r, item->line, "is no address and no network",
		    item->kind == TREE_TEXT ? item->text : "this");
	return 0;
}

static int
take_text(const struct reader *r, const struct tree_node *item, void *place)
{
	const char **text = place;

	if (item->kind != TREE_TEXT || item->text[0] == '\0')
		return fault(r, item->line, "a name is wanted here", "");
	*text = item->text;
	return 0;
}

static int
take_dialect(const struct reader *r, const struct tree_node *item, void *place)
{
	if (take_text(r, item, place) < 0)
		return -1;
	return dialect_by_name(item->text) != NULL ? 0 :
	    fault(r, item->line, "is no protocol that is known", item->text);
}

static int
read_scope(const struct reader *r, const struct tree_node *map, struct policy_scope *s)
{
	s->line = map->line;
	if (read_list(r, map, "servers", take_network, sizeof(*s->servers), &s->servers,
	    &s->server_count) < 0 ||
	    read_list(r, map, "clients", take_network, sizeof(*s->clients), &s->clients,
	    &s->client_count) < 0 ||
	    read_list(r, map, "names", take_text, sizeof(*s->names), &s->names,
	    &s->name_count) < 0)
		return -1;
	return read_list(r, map, "dialects", take_dialect, sizeof(*s->dialects), &s->dialects,
	    &s->dialect_count);
}

static const char *
text_of(const struct tree_node *map, const char *key)
{
	const struct tree_node *node = yaml_tree_get(map, key);

	return node != NULL && node->kind == TREE_TEXT ? node->text : "";
}

/* Whose word it is, when it is not the operator's own. */
static bool
read_by(const struct tree_node *item, enum expectation *by_r)
{
	static const enum expectation known[] = { EXPECTED_BY_MTA_STS, EXPECTED_BY_DANE };

	*by_r = EXPECTED_BY_POLICY;
	if (yaml_tree_get(item, "by") == NULL)
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(text_of(item, "by"), expectation_name(known[i])) == 0) {
			*by_r = known[i];
			return true;
		}
	}
	return false;
}

static int
take_server(const struct reader *r, const struct tree_node *item, void *place)
{
	static const char *const keys[] = { "expect", "by", "servers", "clients", "names",
		"dialects", "reason", NULL };
	static const char *const words[] = { "", "required", "optional", "never" };
	struct policy_server *s = place;

	if (only_keys(r, item, keys) < 0)
		return -1;
	for (int i = POLICY_REQUIRED; i <= POLICY_NEVER; i++) {
		if (strcmp(text_of(item, "expect"), words[i]) == 0)
			s->tls = (enum policy_tls)i;
	}
	if (s->tls == POLICY_SILENT)
		return fault(r, item->line, "must be required, optional or never", "expect");
	if (!read_by(item, &s->by))
		return fault(r, item->line, "must be mta-sts or dane, or not there", "by");
	return read_scope(r, item, &s->scope);
}

/* "2026-12-31": to the end of that day. */
static bool
read_date(const char *text, int64_t *ns_r)
{
	static const char form[] = "dddd-dd-dd";
	struct tm day = { 0 }, said;

	for (size_t i = 0; i < sizeof(form); i++) {
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	}
	day.tm_year = (int)strtol(text, NULL, 10) - 1900;
	day.tm_mon = (int)strtol(text + 5, NULL, 10) - 1;
	day.tm_mday = (int)strtol(text + 8, NULL, 10);
	said = day;
	*ns_r = (int64_t)timegm(&day) * CLOCK_SECOND_NS + CLOCK_DAY_NS;
	/* the 31st of June would have become the 1st of July; years beyond 2200 do not fit */
	return day.tm_mon == said.tm_mon && day.tm_mday == said.tm_mday && said.tm_year <= 300 &&
	    said.tm_year >= 70;
}

static int
take_suppression(const struct reader *r, const struct tree_node *item, void *place)
{
	static const char *const keys[] = { "technique", "servers", "clients", "names", "dialects",
		"until", "reason", NULL };
	struct policy_suppression *s = place;

	if (only_keys(r, item, keys) < 0)
		return -1;
	s->technique = technique_by_id(text_of(item, "technique"));
	if (s->technique == TECHNIQUE_NONE && yaml_tree_get(item, "technique") != NULL)
		return fault(r, yaml_tree_get(item, "technique")->line, "is no technique",
		    text_of(item, "technique"));
	if (!read_date(text_of(item, "until"), &s->until_ns))
		return fault(r, item->line, "must be a day such as 2027-06-30: nothing is "
		    "suppressed for ever", "until");
	if (text_of(item, "reason")[0] == '\0')
		return fault(r, item->line, "must say why, for whoever reads this next", "reason");
	return read_scope(r, item, &s->scope);
}

static int
read_document(const struct reader *r, const struct tree_node *root)
{
	static const char *const keys[] = { "tls", "suppress", "decrypting_taps", "tls_proxies",
		NULL };
	struct policy *p = r->policy;

	if (only_keys(r, root, keys) < 0 ||
	    read_list(r, root, "tls", take_server, sizeof(*p->tls), &p->tls, &p->tls_count) < 0 ||
	    read_list(r, root, "suppress", take_suppression, sizeof(*p->suppress), &p->suppress,
	    &p->suppress_count) < 0 ||
	    read_list(r, root, "decrypting_taps", take_text, sizeof(*p->decrypting),
	    &p->decrypting, &p->decrypting_count) < 0)
		return -1;
	return read_list(r, root, "tls_proxies", take_network, sizeof(*p->proxies), &p->proxies,
	    &p->proxy_count);
}

static int
read_text(const struct reader *r, struct span text)
{
	struct yaml_tree *yaml = yaml_tree_open(r->path, text, r->policy->arena);
	const struct tree_node *root, *second;
	int result = yaml_tree_next(yaml, &root, r->e);

	if (result == 0)
		result = err_set(r->e, "%s:1: there is no policy in this file", r->path);
	else if (result == 1)
		result = read_document(r, root);
	if (result == 0 && yaml_tree_next(yaml, &second, r->e) != 0)
		result = fault(r, second != NULL ? second->line : 1,
		    "a policy is one document", "");
	yaml_tree_close(&yaml);
	return result;
}

struct policy *
policy_parse(const char *name, struct span text, struct err *e)
{
	struct arena *arena = arena_new();
	struct policy *p = arena_alloc(arena, sizeof(*p));
	struct reader r = { p, arena_text(arena, name, strlen(name)), e };

	p->arena = arena;
	if (read_text(&r, text) < 0)
		policy_free(&p);
	return p;
}

struct policy *
policy_read(const char *path, struct err *e)
{
	struct policy *p;
	char *text;
	size_t n;

	if (file_read(path, RULE_FILE_MAX, &text, &n, e) < 0)
		return NULL;
	p = policy_parse(path, span_of(text, n), e);
	free(text);
	return p;
}
