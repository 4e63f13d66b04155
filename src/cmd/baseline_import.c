/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/baseline_import.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "judge/server_check.h"
#include "judge/server_json.h"

enum { LINE_MAX_BYTES = 65536 };

static const char not_ours[] = "not what \"baseline export\" writes";

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

static bool
number_of(struct json_object *o, const char *name, int64_t *number_r)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, name, &value) ||
	    !json_object_is_type(value, json_type_int))
		return false;
	*number_r = json_object_get_int64(value);
	return true;
}

/* What is known of one client and server. */
static bool
read_pair(struct json_object *o, uint64_t *hash_r, struct pair *pair_r)
{
	int64_t hello = 0;
	const char *hash;
	char *end;

	memset(pair_r, 0, sizeof(*pair_r));
	if (!text_of(o, "pair", &hash) || !number_of(o, "first_ns", &pair_r->first_ns) ||
	    !number_of(o, "last_ns", &pair_r->last_ns))
		return false;
	*hash_r = strtoull(hash, &end, 16);
	/* older exports do not have these */
	number_of(o, "hello", &hello);
	number_of(o, "hello_ns", &pair_r->hello_ns);
	pair_r->hello = (uint32_t)hello;
	return *end == '\0' && end != hash && hello >= 0 && hello <= UINT32_MAX;
}

/* NULL where it may come in. now_ns is a day from now: clocks differ. */
static const char *
fault_of(struct json_object *o, bool first, int64_t now_ns)
{
	struct server server;
	struct pair pair;
	uint64_t hash;

	if (o == NULL || !json_object_is_type(o, json_type_object))
		return not_ours;
	if (first)
		return is_header(o) ? NULL : not_ours;
	if (read_pair(o, &hash, &pair))
		return pair_impossible(&pair, now_ns);
	return server_from_json(o, &server) ? server_impossible(&server, now_ns) : not_ours;
}

int
baseline_import_read(FILE *in, FILE *lines, struct err *e)
{
	static char line[LINE_MAX_BYTES];
	const int64_t now_ns = (int64_t)time(NULL) * CLOCK_SECOND_NS + CLOCK_DAY_NS;
	unsigned number = 0;
	const char *fault = NULL;

	while (fault == NULL && fgets(line, sizeof(line), in) != NULL) {
		struct json_object *o = json_tokener_parse(line);

		fault = fault_of(o, number++ == 0, now_ns);
		json_object_put(o);
		fputs(line, lines);
	}
	if (number == 0)
		fault = not_ours;
	if (fault != NULL)
		return err_set(e, "standard input, line %u: %s; nothing was imported", number,
		    fault);
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
	if (put >= 0 && ferror(lines))
		return err_set_errno(e, "copy of standard input");
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
