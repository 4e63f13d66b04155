/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/policy_import.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/text.h"
#include "judge/rule_parts.h"

enum { NAME_MAX_BYTES = 253, SHOWN_SIZE = 96 };

/* One reading of one file. Names are the keys of an object, so that each stands there once. */
struct import {
	const char *path;
	struct json_object *names;
	struct err *e;
};

static int
fault(const struct import *i, unsigned line, const char *what, struct span subject)
{
	char shown[SHOWN_SIZE];

	text_show(shown, sizeof(shown), subject);
	return err_set(i->e, "%s:%u: %s%s%s", i->path, line, shown, shown[0] != '\0' ? " " : "",
	    what);
}

static bool
is_host(struct span name)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

	for (size_t i = 0; i < name.n; i++) {
		int c = span_at(name, i);

		if (c == 0 || strchr(allowed, c) == NULL)
			return false;
	}
	return name.n > 0 && name.n <= NAME_MAX_BYTES && span_at(name, 0) != '.';
}

/* "mx.example", or all below it: "*.example" (RFC 8461 §4.1), ".example" in the list. */
static bool
add_name(struct import *i, struct span name)
{
	char text[NAME_MAX_BYTES + 3] = "";
	bool below = span_starts(name, "*.") || span_at(name, 0) == '.';
	struct span host = below ? span_tail(name, span_at(name, 0) == '.' ? 1 : 2) : name;

	if (!is_host(host))
		return false;
	snprintf(text, sizeof(text), "%s%.*s", below ? "*." : "", (int)host.n,
	    (const char *)host.p);
	json_object_object_add(i->names, text, NULL);
	return true;
}

static void
put_entry(const struct import *i, FILE *out, const char *by, const char *reason)
{
	struct json_object_iterator at = json_object_iter_begin(i->names),
	    end = json_object_iter_end(i->names);
	char shown[SHOWN_SIZE];
	const char *gap = "";

	fputs("  - expect: required\n", out);
	if (by != NULL)
		fprintf(out, "    by: %s\n", by);
	fputs("    names: [", out);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		fprintf(out, "%s'%s'", gap, json_object_iter_peek_name(&at));
		gap = ", ";
	}
	text_show(shown, sizeof(shown), span_text(reason));
	for (char *c = shown; *c != '\0'; c++) {
		if (*c == '\'')
			*c = ' ';
	}
	fprintf(out, "]\n    dialects: [smtp]\n    reason: '%s'\n", shown);
}

/* --- MTA-STS ------------------------------------------------------------------ */

struct sts {
	bool version, enforce, mode;
	char why[SHOWN_SIZE];
};

static struct span
trimmed(struct span s)
{
	while (s.n > 0 && strchr(" \t\r", span_at(s, 0)) != NULL)
		span_skip(&s, 1);
	while (s.n > 0 && strchr(" \t\r", span_at(s, s.n - 1)) != NULL)
		s.n--;
	return s;
}

static int
sts_line(struct import *i, struct sts *s, unsigned number, struct span line)
{
	size_t colon = span_find(line, ':');
	struct span key = trimmed(span_head(line, colon));
	struct span value = trimmed(span_tail(line, colon + 1));

	if (colon == line.n)
		return fault(i, number, "is no line of an MTA-STS policy", line);
	if (span_is(key, "version")) {
		s->version = span_is(value, "STSv1");
		return s->version ? 0 : fault(i, number, "is no version that is known", value);
	}
	if (span_is(key, "mode")) {
		s->mode = true;
		s->enforce = span_is(value, "enforce");
		text_show(s->why, sizeof(s->why), value);
		return s->enforce || span_is(value, "testing") || span_is(value, "none") ? 0 :
		    fault(i, number, "is no mode", value);
	}
	if (span_is(key, "mx") && !add_name(i, value))
		return fault(i, number, "is no name of a host", value);
	return 0;
}

static int
import_sts(struct import *i, struct span text, FILE *out)
{
	struct sts s = { 0 };
	unsigned number = 0;

	while (text.n > 0) {
		struct span line = span_head(text, span_find(text, '\n'));

		span_skip(&text, line.n < text.n ? line.n + 1 : line.n);
		number++;
		if (trimmed(line).n > 0 && sts_line(i, &s, number, trimmed(line)) < 0)
			return -1;
		if (number == 1 && !s.version)
			return fault(i, 1, "is not how a policy begins: version: STSv1", line);
	}
	if (!s.version || !s.mode)
		return fault(i, number, "this is no MTA-STS policy", span_text(""));
	if (!s.enforce) {
		err_set(i->e, "%s: mode %s: nothing is to be expected", i->path, s.why);
		return 0;
	}
	if (json_object_object_length(i->names) == 0)
		return fault(i, number, "there is no mx in it", span_text(""));
	put_entry(i, out, "mta-sts", "MTA-STS, mode enforce");
	return 1;
}

/* --- STARTTLS Everywhere ------------------------------------------------------- */

static const char *
text_at(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) &&
	    json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

static int
add_policy(struct import *i, const char *domain, struct json_object *policy)
{
	struct json_object *mxs;

	if (strcmp(text_at(policy, "mode"), "enforce") != 0)
		return 0;
	if (!json_object_object_get_ex(policy, "mxs", &mxs) ||
	    !json_object_is_type(mxs, json_type_array))
		return fault(i, 1, "has no list of mxs", span_text(domain));
	for (size_t n = 0; n < json_object_array_length(mxs); n++) {
		const char *mx = json_object_get_string(json_object_array_get_idx(mxs, n));

		if (mx == NULL || !add_name(i, span_text(mx)))
			return fault(i, 1, "is no name of a host", span_text(mx != NULL ? mx : ""));
	}
	return 0;
}

static int
add_policies(struct import *i, struct json_object *root)
{
	struct json_object *policies, *aliases, *policy;
	struct json_object_iterator at, end;

	if (!json_object_object_get_ex(root, "policies", &policies) ||
	    !json_object_is_type(policies, json_type_object))
		return fault(i, 1, "there are no policies in it", span_text(""));
	if (!json_object_object_get_ex(root, "policy-aliases", &aliases))
		aliases = NULL;
	at = json_object_iter_begin(policies);
	end = json_object_iter_end(policies);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		const char *domain = json_object_iter_peek_name(&at), *alias;

		policy = json_object_iter_peek_value(&at);
		alias = text_at(policy, "policy-alias");
		if (alias[0] != '\0' && !json_object_object_get_ex(aliases, alias, &policy))
			return fault(i, 1, "is under an alias that is not there",
			    span_text(domain));
		if (add_policy(i, domain, policy) < 0)
			return -1;
	}
	return 0;
}

static int
import_list(struct import *i, struct span text, FILE *out)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root = json_tokener_parse_ex(tokener, (const char *)text.p,
	    (int)text.n);
	char reason[SHOWN_SIZE];
	int result;

	if (root == NULL || !json_object_is_type(root, json_type_object)) {
		size_t end = json_tokener_get_parse_end(tokener);
		unsigned line = 1;

		for (size_t n = 0; n < end; n++)
			line += span_at(text, n) == '\n';
		result = fault(i, line, "this is no JSON", span_text(""));
	} else {
		result = add_policies(i, root);
	}
	if (result == 0 && json_object_object_length(i->names) == 0) {
		err_set(i->e, "%s: no domain in it is at enforce", i->path);
	} else if (result == 0) {
		snprintf(reason, sizeof(reason), "STARTTLS Everywhere, a list that expires %.10s",
		    text_at(root, "expires"));
		put_entry(i, out, NULL, reason);
		result = 1;
	}
	json_object_put(root);
	json_tokener_free(tokener);
	return result;
}

int
policy_import(const char *path, FILE *out, struct err *e)
{
	struct import i = { path, json_object_new_object(), e };
	char *text = NULL;
	size_t n;
	int result = file_read(path, RULE_FILE_MAX, &text, &n, e);

	if (result == 0 && span_find(span_of(text, n), '{') < span_find(span_of(text, n), ':'))
		result = import_list(&i, span_of(text, n), out);
	else if (result == 0)
		result = import_sts(&i, span_of(text, n), out);
	json_object_put(i.names);
	free(text);
	return result;
}
