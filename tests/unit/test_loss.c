/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a tap loses, nobody is accused for it. The honest captures of tests/pcaps, all of a
 * protocol as one stream of packets, are read whole, and then again and again with packets, or
 * every packet of some connections, left out: no connection raises an alert that it did not
 * raise whole.
 */
#include "unit.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "capture/source.h"
#include "judge/judge.h"
#include "run/pipeline.h"
#include "run/ports.h"
#include "run/settings.h"

enum { FRAMES_MAX = 65536, SEEDS = 40, ALERTS_MAX = 512, PATH_SIZE = 1024, FEW = 4 };

/* All frames of a protocol's honest captures. */
struct stream_of_frames {
	struct frame frames[FRAMES_MAX];
	size_t count;
	uint32_t files;
};

static struct stream_of_frames all;

/* --- Which captures --- */

static bool
is_false(struct json_object *row, const char *field)
{
	struct json_object *value;

	return json_object_object_get_ex(row, field, &value) &&
	    json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value);
}

/* One line of labels.jsonl: is there nothing to tell, of the upgrade or of the handshake? */
static bool
is_quiet(struct json_object *row)
{
	return is_false(row, "should_alert") && is_false(row, "handshake");
}

static const char *
capture_of(struct json_object *row)
{
	struct json_object *name;

	return json_object_object_get_ex(row, "pcap", &name) ? json_object_get_string(name) : "";
}

static void
read_frames(const char *name)
{
	char path[PATH_SIZE];
	struct source *s;
	struct frame frame;
	struct err e;

	snprintf(path, sizeof(path), "%s/tests/pcaps/%s", getenv("top_srcdir"), name);
	s = source_open(path, all.files++, 0, &e);
	assert_non_null(s);
	while (source_next(s, &frame, &e) == 1 && all.count < FRAMES_MAX) {
		uint8_t *copy = malloc(frame.bytes.n + 1);

		assert_non_null(copy);
		memcpy(copy, frame.bytes.p, frame.bytes.n);
		frame.bytes.p = copy;
		all.frames[all.count++] = frame;
	}
	source_free(&s);
}

static int
by_time(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	if (x->ref.at_ns != y->ref.at_ns)
		return x->ref.at_ns < y->ref.at_ns ? -1 : 1;
	if (x->ref.source != y->ref.source)
		return x->ref.source < y->ref.source ? -1 : 1;
	return x->ref.number < y->ref.number ? -1 : 1;
}

/* Captures all of whose sessions are honest: rows of one capture stand together. */
static void
read_captures(const char *folder)
{
	char path[PATH_SIZE], line[4096], name[256] = "";
	bool quiet = false;
	FILE *labels;

	snprintf(path, sizeof(path), "%s/tests/pcaps/labels.jsonl", getenv("top_srcdir"));
	labels = fopen(path, "r");
	assert_non_null(labels);
	while (fgets(line, sizeof(line), labels) != NULL) {
		struct json_object *row = json_tokener_parse(line);
		const char *next = capture_of(row);

		if (strcmp(name, next) != 0) {
			if (quiet)
				read_frames(name);
			snprintf(name, sizeof(name), "%s", next);
			quiet = strncmp(name, folder, strlen(folder)) == 0 &&
			    name[strlen(folder)] == '/';
		}
		quiet = quiet && is_quiet(row);
		json_object_put(row);
	}
	if (quiet)
		read_frames(name);
	fclose(labels);
	qsort(all.frames, all.count, sizeof(all.frames[0]), by_time);
}

static void
forget_captures(void)
{
	for (size_t i = 0; i < all.count; i++)
		free((void *)(uintptr_t)all.frames[i].bytes.p);
	memset(&all, 0, sizeof(all));
}

/* --- Reading them --- */

/* Who raised what: connections by their addresses and ports. */
struct raised {
	struct {
		struct flow_tuple tuple;
		uint32_t sid;
	} alerts[ALERTS_MAX];
	size_t count;
	unsigned sessions;
};

static void
hear_session(void *ctx, const struct record *record)
{
	struct raised *r = ctx;

	(void)record;
	r->sessions++;
}

static void
hear_alert(void *ctx, const struct alert *alert)
{
	struct raised *r = ctx;

	if (alert->severity > 2)
		return;
	assert_true(r->count < ALERTS_MAX);
	r->alerts[r->count].tuple = alert->record->seen.flow.tuple;
	r->alerts[r->count++].sid = alert->rule->sid;
}

static bool
same_ends(const struct flow_tuple *a, const struct flow_tuple *b)
{
	return a->port[0] == b->port[0] && a->port[1] == b->port[1] &&
	    address_equal(&a->addr[0], &b->addr[0]) && address_equal(&a->addr[1], &b->addr[1]);
}

static void
observe(void *ctx, const struct observation *seen)
{
	judge_observe(ctx, seen);
}

/* Read the frames that are kept; NULL: all. */
static void
read_all(struct rule_set *rules, const bool *kept, struct raised *raised_r)
{
	static struct ports ports;
	struct settings settings;
	const struct judge_limits judge_limits = { 0 };
	struct judge_listener listener = { raised_r, hear_session, hear_alert };
	struct err e;
	struct baseline *b = baseline_new(4096, 4096, &e);
	struct judge *j = judge_new(rules, b, &judge_limits, &listener, true, &e);
	struct pipeline_limits limits;
	struct pipeline *p;

	settings_init(&settings, SETTINGS_FOR_READ);
	limits = pipeline_limits_of(&settings);
	memset(raised_r, 0, sizeof(*raised_r));
	ports.all = true;
	assert_non_null(j);
	p = pipeline_new(&ports, &limits, observe, j, &e);
	assert_non_null(p);
	for (size_t i = 0; i < all.count; i++) {
		if (kept == NULL || kept[i])
			pipeline_frame(p, &all.frames[i]);
	}
	pipeline_finish(p);
	assert_int_equal(judge_finish(j, &e), 0);
	pipeline_free(&p);
	settings_release(&settings);
	judge_free(&j);
	baseline_free(&b);
}

/* --- Leaving out --- */

/* The same for all packets of a connection: addresses and ports, by their sum, and the file. */
static uint64_t
connection_of(const struct frame *f)
{
	uint64_t sum = f->ref.source;

	/* behind Ethernet and a bare IPv4 or IPv6 header; for others any number will do */
	for (size_t i = 26; i < 58 && i < f->bytes.n; i++)
		sum += i < 38 ? f->bytes.p[i] : 0;
	return sum;
}

static void
leave_out(bool *kept, uint64_t seed)
{
	const struct hash_key key = { { seed, 0 } };
	const unsigned one_of = seed % 3 == 0 ? 100 : seed % 3 == 1 ? 20 : FEW;
	const bool whole_connections = seed % 2 == 0;

	for (size_t i = 0; i < all.count; i++) {
		uint64_t what[2] = { whole_connections ? connection_of(&all.frames[i]) : i,
			whole_connections };

		kept[i] = hash_bytes(&key, what, sizeof(what)) % one_of != 0;
	}
}

static void
nothing_new(const struct raised *before, const struct raised *now, const char *folder,
    uint64_t seed)
{
	for (size_t i = 0; i < now->count; i++) {
		size_t k = 0;

		while (k < before->count &&
		    !same_ends(&before->alerts[k].tuple, &now->alerts[i].tuple))
			k++;
		if (k == before->count)
			fail_msg("%s, seed %u: client port %u raises %u", folder, (unsigned)seed,
			    (unsigned)now->alerts[i].tuple.port[SIDE_CLIENT],
			    (unsigned)now->alerts[i].sid);
	}
}

static void
hold_folder(struct rule_set *rules, const char *folder)
{
	static struct raised before, now;
	static bool kept[FRAMES_MAX];

	read_captures(folder);
	assert_true(all.count > 0 && all.count < FRAMES_MAX);
	read_all(rules, NULL, &before);
	assert_true(before.sessions > 0);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		leave_out(kept, seed);
		read_all(rules, kept, &now);
		nothing_new(&before, &now, folder, seed);
	}
	forget_captures();
}

static void
what_is_lost_accuses_nobody(void **state)
{
	static const char *const folders[] = { "ftp", "http", "imap", "irc", "ldap", "lmtp",
		"mysql", "nntp", "pop3", "postgresql", "sieve", "smtp", "xmpp" };
	struct rule_set *rules = rule_set_new();
	struct err e;

	(void)state;
	assert_int_equal(rule_set_add_builtin(rules, &e), 0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		hold_folder(rules, folders[i]);
	rule_set_free(&rules);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_lost_accuses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
