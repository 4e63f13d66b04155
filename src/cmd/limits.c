/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/limits.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/options.h"
#include "decode/fragments.h"
#include "judge/baseline.h"
#include "judge/judge.h"
#include "session/session.h"
#include "stream/stream.h"

#define TABLE_MAX ((size_t)1 << 22)	/* entries */
#define BYTES_MAX ((size_t)1 << 34)
#define SECONDS_MAX ((size_t)86400)

/* docs/limits.md says what each costs, and what happens at it. */
static const struct limit {
	const char *name;
	size_t offset;		/* in struct read_limits */
	size_t min, max, normal;	/* normal 0: the words say what */
	const char *words;
} limits[] = {
	{ "connections", offsetof(struct read_limits, connections), 1, TABLE_MAX,
	    STREAM_ESTABLISHED_MAX, "connections that are read" },
	{ "shunted", offsetof(struct read_limits, shunted), 1, TABLE_MAX, 0,
	    "... that are watched for their end only (as many)" },
	{ "half-open", offsetof(struct read_limits, half_open), 1, TABLE_MAX, 0,
	    "handshakes under way, and ends just seen (half as many)" },
	{ "idle", offsetof(struct read_limits, idle_s), 1, SECONDS_MAX,
	    STREAM_ESTABLISHED_IDLE_S, "seconds of silence that end a connection" },
	{ "half-open-idle", offsetof(struct read_limits, half_open_idle_s), 1, SECONDS_MAX,
	    STREAM_HALF_OPEN_IDLE_S, "... a handshake, or a connection that was reset" },
	{ "early-bytes", offsetof(struct read_limits, early_bytes), 65536, BYTES_MAX,
	    STREAM_EARLY_MAX, "bytes out of order, of all connections" },
	{ "early-bytes-each", offsetof(struct read_limits, early_connection_bytes), 4096,
	    BYTES_MAX, STREAM_EARLY_CONNECTION_MAX, "... and of one" },
	{ "held-bytes", offsetof(struct read_limits, held_bytes), 4096, BYTES_MAX,
	    STREAM_HELD_MAX, "bytes of segments that wait for a handshake, or their cause" },
	{ "blocks", offsetof(struct read_limits, blocks), 4, 4 * TABLE_MAX, 0,
	    "blocks of 2 KB for what repetitions are compared with (4 a connection)" },
	{ "kept-bytes", offsetof(struct read_limits, kept_bytes), 65536, BYTES_MAX,
	    SESSIONS_KEPT_MAX, "bytes that are no whole unit of a protocol yet" },
	{ "datagrams", offsetof(struct read_limits, datagrams), 1, TABLE_MAX,
	    FRAGMENTS_DATAGRAMS_MAX, "IP datagrams put together at once" },
	{ "datagram-age", offsetof(struct read_limits, datagram_age_s), 1, SECONDS_MAX,
	    FRAGMENTS_AGE_S, "... seconds from the first fragment on" },
	{ "servers", offsetof(struct read_limits, servers), 1, TABLE_MAX,
	    BASELINE_SERVERS_DEFAULT, "servers that are remembered" },
	{ "relations", offsetof(struct read_limits, relations), 1, TABLE_MAX,
	    JUDGE_RELATIONS_DEFAULT, "clients whose upgrade came to nothing" },
	{ "twins", offsetof(struct read_limits, twins), 1, TABLE_MAX, JUDGE_TWINS_DEFAULT,
	    "sessions kept to be compared with another tap's" },
	{ "alerts", offsetof(struct read_limits, alerts), 1, TABLE_MAX, JUDGE_ALERTS_DEFAULT,
	    "alerts remembered, so that none is given twice" },
};

enum { LIMITS = sizeof(limits) / sizeof(limits[0]) };

static void
put(struct read_limits *l, const struct limit *limit, size_t value)
{
	memcpy((char *)l + limit->offset, &value, sizeof(value));
}

struct read_limits
limits_default(void)
{
	struct read_limits l = { 0 };

	for (size_t i = 0; i < LIMITS; i++)
		put(&l, &limits[i], limits[i].normal);
	return l;
}

int
limits_set(const char *command, struct read_limits *l, const char *name, const char *number)
{
	for (size_t i = 0; i < LIMITS; i++) {
		char option[40];
		size_t value;

		if (strcmp(name, limits[i].name) != 0)
			continue;
		snprintf(option, sizeof(option), "limit %s", name);
		if (options_number(command, option, number, limits[i].min, limits[i].max,
		    &value) < 0)
			return -1;
		put(l, &limits[i], value);
		return 0;
	}
	log_usage(command, "there is no limit %.60s; see stripwatch read --limit help", name);
	return -1;
}

int
limits_take(const char *command, struct read_limits *l, char *value)
{
	char *equals = strchr(value, '=');

	if (equals == NULL) {
		log_usage(command,
		    "--limit %.60s is not NAME=N; see stripwatch read --limit help", value);
		return -1;
	}
	*equals = '\0';
	return limits_set(command, l, value, equals + 1);
}

int
limits_help(void)
{
	printf("%-17s %10s %7s %11s\n", "name", "default", "min", "max");
	for (size_t i = 0; i < LIMITS; i++) {
		const struct limit *l = &limits[i];
		char normal[24] = "-";

		if (l->normal != 0)
			snprintf(normal, sizeof(normal), "%zu", l->normal);
		printf("%-17s %10s %7zu %11zu  %s\n", l->name, normal, l->min, l->max,
		    l->words);
	}
	return options_finish(EXIT_ALL_READ);
}
