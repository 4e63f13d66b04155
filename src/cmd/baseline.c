/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/baseline.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/baseline_import.h"
#include "cmd/options.h"
#include "judge/baseline.h"
#include "judge/server_json.h"
#include "judge/store.h"
#include "words/network.h"

enum { EXIT_OK, EXIT_NOTHING, EXIT_USAGE, EXIT_FAILED };

/* What a command is about: "ADDRESS", "[ADDRESS]:PORT", "ADDRESS:PORT" or a NETWORK. */
struct place {
	char address[ADDRESS_TEXT_SIZE];	/* "" of a network */
	struct network network;
	unsigned port;		/* 0: any */
};

struct job {
	const char *path;
	struct place place;
	bool has_place;
	struct baseline *baseline;
	struct store *store;
	FILE *lines;		/* what is to be imported, all of it right */
	unsigned count;
	uint64_t members, pairs, sessions, strong, weak;
};

static const char help[] =
    "usage: stripwatch baseline show FILE [ADDRESS[:PORT]|NETWORK]\n"
    "                                                        what is known, as text\n"
    "       stripwatch baseline stats FILE                   how much is known\n"
    "       stripwatch baseline export FILE                  all, as JSON lines\n"
    "       stripwatch baseline import FILE                  add such lines from stdin\n"
    "       stripwatch baseline forget FILE ADDRESS[:PORT]   as if never seen\n"
    "       stripwatch baseline accept FILE ADDRESS[:PORT]   it has no TLS any more,\n"
    "                                                        and that is right\n"
    "\n"
    "  -h, --help  this text\n";

static int
usage(void)
{
	fputs(help, stderr);
	return EXIT_USAGE;
}

static bool
parse_place(const char *text, struct place *p_r)
{
	const char *colon = strrchr(text, ':');
	char copy[ADDRESS_TEXT_SIZE + 8], *end;
	size_t n;

	memset(p_r, 0, sizeof(*p_r));
	if (network_read(text, &p_r->network)) {
		if (strchr(text, '/') == NULL)
			address_format(&p_r->network.address, p_r->address);
		return true;
	}
	if (colon == NULL || (n = (size_t)(colon - text)) >= sizeof(copy))
		return false;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (n > 2 && copy[0] == '[' && copy[n - 1] == ']') {
		copy[n - 1] = '\0';
		memmove(copy, copy + 1, n - 1);
	}
	p_r->port = (unsigned)strtoul(colon + 1, &end, 10);
	if (strchr(copy, '/') != NULL || !network_read(copy, &p_r->network) ||
	    *end != '\0' || p_r->port == 0 || p_r->port > UINT16_MAX)
		return false;
	address_format(&p_r->network.address, p_r->address);
	return true;
}

static bool
is_meant(const struct job *j, const struct server *s)
{
	return !j->has_place || (network_has(&j->place.network, &s->key.address) &&
	    (j->place.port == 0 || j->place.port == s->key.port));
}

static void
no_pair(void *ctx, uint64_t hash, const struct pair *pair)
{
	(void)ctx, (void)hash, (void)pair;
}

static void
no_neighbourhood(void *ctx, uint64_t hash, const struct neighbourhood *neighbourhood)
{
	(void)ctx, (void)hash, (void)neighbourhood;
}

/* Visit all that is stored: EXIT_OK, or EXIT_FAILED with a message. */
static int
each(struct job *j, void (*server)(void *ctx, uint64_t hash, const struct server *s),
    void (*pair)(void *ctx, uint64_t hash, const struct pair *p))
{
	struct memory_visitor visitor = { j, server, pair, no_neighbourhood };
	struct err e;

	if (store_each(j->store, &visitor, &e) == 0)
		return EXIT_OK;
	log_warnx("%s", e.text);
	return EXIT_FAILED;
}

static enum strength
strength_now(const struct server *s)
{
	/* as of its own last day: a baseline may be of old captures */
	return server_strength(s, s->last_seen_ns, BASELINE_FADING_DAYS * CLOCK_DAY_NS);
}

static void
show_server(void *ctx, uint64_t hash, const struct server *s)
{
	struct job *j = ctx;
	char address[ADDRESS_TEXT_SIZE], first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
	enum strength strength = strength_now(s);

	(void)hash;
	if (!is_meant(j, s))
		return;
	j->count++;
	address_format(&s->key.address, address);
	clock_format(s->first_seen_ns, first);
	clock_format(s->last_seen_ns, last);
	printf("%-5s %s %u%s%s\n", s->key.dialect, address, (unsigned)s->key.port,
	    s->key.name[0] != '\0' ? " as " : "", s->key.name);
	printf("      %u sessions, %.10s to %.10s; offered %u, upgraded %u; expected: %s%s\n",
	    s->sessions, first, last, s->offered, s->upgraded,
	    strength != STRENGTH_NONE ? strength_name(strength) : "nothing",
	    server_lacks(s) ? " (no offer lately)" : "");
	for (int i = 0; i < HABITS_MAX; i++) {
		const struct habit *h = &s->habits[i];

		if (h->kind != HABIT_NONE)
			printf("      %s %08" PRIx32 " for %08" PRIx32 "%s\n",
			    habit_kind_name((enum habit_kind)h->kind), h->value, h->context,
			    sketch_is_broad(&h->seen) ? "" : " (not trusted yet)");
	}
}

static int
show(struct job *j)
{
	int status = each(j, show_server, no_pair);

	if (status != EXIT_OK)
		return status;
	if (j->count > 0 || !j->has_place)
		return EXIT_OK;
	log_warnx("%s: nothing is known of %s", j->path,
	    j->place.address[0] != '\0' ? "that server" : "any server there");
	return EXIT_NOTHING;
}

static void
count_server(void *ctx, uint64_t hash, const struct server *s)
{
	struct job *j = ctx;

	(void)hash;
	/* the address as a whole is remembered, too, and would be counted twice */
	if (s->key.name[0] != '\0') {
		j->members++;
		return;
	}
	j->count++;
	j->sessions += s->sessions;
	j->strong += strength_now(s) == STRENGTH_STRONG;
	j->weak += strength_now(s) == STRENGTH_WEAK;
}

static void
count_pair(void *ctx, uint64_t hash, const struct pair *pair)
{
	struct job *j = ctx;

	(void)hash, (void)pair;
	j->pairs++;
}

static int
stats(struct job *j)
{
	int status = each(j, count_server, count_pair);

	if (status != EXIT_OK)
		return status;
	printf("{\"servers\":%u,\"members\":%" PRIu64 ",\"pairs\":%" PRIu64 ",\"sessions\":%" PRIu64
	    ",\"strong\":%" PRIu64 ",\"weak\":%" PRIu64 "}\n", j->count, j->members, j->pairs,
	    j->sessions, j->strong, j->weak);
	return EXIT_OK;
}

static void
export_server(void *ctx, uint64_t hash, const struct server *s)
{
	struct json_object *o = server_to_json(s);

	(void)ctx, (void)hash;
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void
export_pair(void *ctx, uint64_t hash, const struct pair *pair)
{
	(void)ctx;
	printf("{\"pair\":\"%016" PRIx64 "\",\"first_ns\":%" PRId64 ",\"last_ns\":%" PRId64
	    ",\"hello\":%" PRIu32 ",\"hello_ns\":%" PRId64 "}\n", hash, pair->first_ns,
	    pair->last_ns, pair->hello, pair->hello_ns);
}

/* The key goes along: without it the hashes of clients would mean nothing elsewhere. */
static int
export(struct job *j)
{
	struct hash_key key = baseline_key(j->baseline);

	printf("{\"stripwatch_baseline\":%d,\"key\":\"%016" PRIx64 "%016" PRIx64 "\"}\n",
	    BASELINE_EXPORT_VERSION, key.k[0], key.k[1]);
	return each(j, export_server, export_pair);
}

/* Nothing is touched before every line has been found right. */
static int
spool(struct job *j)
{
	struct err e;

	j->lines = tmpfile();
	if (j->lines == NULL) {
		log_warn("temporary file");
		return EXIT_FAILED;
	}
	if (baseline_import_read(stdin, j->lines, &e) == 0)
		return EXIT_OK;
	log_warnx("%s", e.text);
	return EXIT_NOTHING;
}

static int
import(struct job *j)
{
	struct err e;

	if (baseline_import_put(j->lines, j->baseline, j->store, &j->count, &e) < 0) {
		log_warnx("%s", e.text);
		return EXIT_FAILED;
	}
	printf("%u servers imported\n", j->count);
	return EXIT_OK;
}

static int
forget(struct job *j)
{
	struct err e;
	int gone = store_forget(j->store, j->place.address, j->place.port, &e);

	if (gone < 0)
		log_warnx("%s", e.text);
	else
		printf("%d entries forgotten\n", gone);
	return gone < 0 ? EXIT_FAILED : gone == 0 ? EXIT_NOTHING : EXIT_OK;
}

static int
accept(struct job *j)
{
	struct err e;
	int count = store_accept(j->store, j->place.address, j->place.port, &e);

	if (count < 0)
		log_warnx("%s", e.text);
	else if (store_is_asking(j->store) && count > 0)
		printf("%d entries will be accepted by the stripwatch that is running, within "
		    "seconds\n", count);
	else
		printf("%d entries accepted as they are\n", count);
	return count < 0 ? EXIT_FAILED : count == 0 ? EXIT_NOTHING : EXIT_OK;
}

static const struct {
	const char *name;
	int (*run)(struct job *j);
	int (*prepare)(struct job *j);	/* before the file is opened, and perhaps made; or NULL */
	enum store_mode mode;
	int place;		/* 0: none, 1: may be given, 2: must be */
} jobs[] = {
	{ "show", show, NULL, STORE_READ, 1 },
	{ "stats", stats, NULL, STORE_READ, 0 },
	{ "export", export, NULL, STORE_READ, 0 },
	{ "import", import, spool, STORE_WRITE_MANY, 0 },
	{ "forget", forget, NULL, STORE_WRITE, 2 },
	{ "accept", accept, NULL, STORE_WRITE_OR_ASK, 2 },
};

static int
run_on_file(struct job *j, size_t which)
{
	struct err e;
	int status = EXIT_FAILED;

	j->baseline = baseline_new(BASELINE_SERVERS_DEFAULT, BASELINE_PAIRS_DEFAULT, &e);
	if (j->baseline != NULL)
		j->store = store_open(j->path, jobs[which].mode, j->baseline, &e);
	if (j->store != NULL)
		status = jobs[which].run(j);
	else
		log_warnx("%s", e.text);
	store_free(&j->store);
	baseline_free(&j->baseline);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	log_warn("standard output");
	return EXIT_FAILED;
}

static int
run_job(struct job *j, size_t which)
{
	int status = jobs[which].prepare != NULL ? jobs[which].prepare(j) : EXIT_OK;

	if (status == EXIT_OK)
		status = run_on_file(j, which);
	if (j->lines != NULL)
		fclose(j->lines);
	return status;
}

int
cmd_baseline(int argc, char **argv)
{
	struct job j = { 0 };
	size_t which = 0;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0))
		return options_help(help);
	while (argc >= 3 && which < sizeof(jobs) / sizeof(jobs[0]) &&
	    strcmp(jobs[which].name, argv[1]) != 0)
		which++;
	if (argc < 3 || argc > 4 || which == sizeof(jobs) / sizeof(jobs[0]) ||
	    argv[2][0] == '-' || (argc == 4) < (jobs[which].place == 2) ||
	    (argc == 4 && jobs[which].place == 0))
		return usage();
	j.path = argv[2];
	j.has_place = argc == 4;
	if (j.has_place && (!parse_place(argv[3], &j.place) ||
	    (jobs[which].place == 2 && j.place.address[0] == '\0'))) {
		log_warnx("baseline: %s is neither ADDRESS nor ADDRESS:PORT", argv[3]);
		return EXIT_USAGE;
	}
	return run_job(&j, which);
}
