/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/baseline_import.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "judge/server_json.h"

enum { LINE_MAX_BYTES = 65536 };

static bool
text_of(struct json_object *o, const char *name, const char **text_r)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return false;
	*text_r = json_object_get_string(value);
	return true;
}

/* The first line: ours, of a version that we know. */
static bool
is_header(struct json_object *o)
{
	struct json_object *version;
	const char *key;

	return json_object_object_get_ex(o, "stripwatch_baseline", &version) &&
	    json_object_get_int(version) == BASELINE_EXPORT_VERSION && text_of(o, "key", &key);
}

/* Of another baseline's clients nothing can be said here. */
static bool
has_key_of(struct json_object *header, const struct baseline *baseline)
{
	struct hash_key key = baseline_key(baseline);
	const char *theirs = "";
	char own[33];

	snprintf(own, sizeof(own), "%016" PRIx64 "%016" PRIx64, key.k[0], key.k[1]);
	return text_of(header, "key", &theirs) && strcmp(own, theirs) == 0;
}

/* 0 where there is none. */
static int64_t
number_of(struct json_object *o, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(o, name, &value) ? json_object_get_int64(value) : 0;
}

/* What is known of one client and server. */
static bool
read_pair(struct json_object *o, uint64_t *hash_r, struct pair *pair_r)
{
	struct json_object *first, *last;
	const char *hash;
	char *end;

	if (!text_of(o, "pair", &hash) || !json_object_object_get_ex(o, "first_ns", &first) ||
	    !json_object_object_get_ex(o, "last_ns", &last))
		return false;
	*hash_r = strtoull(hash, &end, 16);
	memset(pair_r, 0, sizeof(*pair_r));
	pair_r->first_ns = json_object_get_int64(first);
	pair_r->last_ns = json_object_get_int64(last);
	pair_r->hello = (uint32_t)number_of(o, "hello");
	pair_r->hello_ns = number_of(o, "hello_ns");
	return *end == '\0';
}

static bool
is_right(struct json_object *o, bool first)
{
	struct server server;
	struct pair pair;
	uint64_t hash;

	if (o == NULL || !json_object_is_type(o, json_type_object))
		return false;
	return first ? is_header(o) : read_pair(o, &hash, &pair) || server_from_json(o, &server);
}

int
baseline_import_read(FILE *in, FILE *lines, struct err *e)
{
	static char line[LINE_MAX_BYTES];
	unsigned number = 0;
	bool good = true;

	while (good && fgets(line, sizeof(line), in) != NULL) {
		struct json_object *o = json_tokener_parse(line);

		good = is_right(o, number++ == 0);
		json_object_put(o);
		fputs(line, lines);
	}
	if (!good || number == 0)
		return err_set(e, "standard input, line %u: not what \"baseline export\" writes; "
		    "nothing was imported", number);
	if (ferror(in) || fflush(lines) != 0 || ferror(lines))
		return err_set_errno(e, "copy of standard input");
	return 0;
}

/* 1 for a server, 0 for what is none, -1 with *e set. */
static int
put_line(struct json_object *o, struct store *store, bool same_key, struct err *e)
{
	struct server server;
	struct pair pair;
	uint64_t hash;

	if (read_pair(o, &hash, &pair))
		return same_key ? store_put_pair(store, hash, &pair, e) : 0;
	if (!server_from_json(o, &server))
		return 0;
	return store_put_server(store, &server, e) < 0 ? -1 : 1;
}

static int
put_lines(FILE *lines, const struct baseline *baseline, struct store *store,
    unsigned *servers_r, struct err *e)
{
	static char line[LINE_MAX_BYTES];
	bool first = true, same_key = false;
	int put = 0;

	rewind(lines);
	while (put >= 0 && fgets(line, sizeof(line), lines) != NULL) {
		struct json_object *o = json_tokener_parse(line);

		if (first)
			same_key = has_key_of(o, baseline);
		else
			put = put_line(o, store, same_key, e);
		*servers_r += put > 0;
		first = false;
		json_object_put(o);
	}
	return put < 0 ? -1 : 0;
}

int
baseline_import_put(FILE *lines, const struct baseline *baseline, struct store *store,
    unsigned *servers_r, struct err *e)
{
	int status;

	*servers_r = 0;
	if (store_begin(store, e) < 0)
		return -1;
	status = put_lines(lines, baseline, store, servers_r, e);
	return store_end(store, status == 0, e) < 0 ? -1 : status;
}
