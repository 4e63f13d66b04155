/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/settings.h"

#include <string.h>

#include "capture/interface.h"
#include "decode/fragments.h"
#include "evidence/evidence.h"
#include "judge/baseline.h"
#include "judge/judge.h"
#include "run/backlog.h"
#include "run/evidence_piece.h"
#include "run/metrics_listen.h"
#include "run/outputs.h"
#include "run/ports.h"
#include "run/reader.h"
#include "session/session.h"
#include "stream/stream.h"

enum {
	WORKERS_MAX = 32,		/* of one interface */
	RING_DEFAULT_MB = 64, RING_MAX_MB = 2047,
	SNAPLEN_DEFAULT = 2048, SNAPLEN_MAX = 262144,	/* as libpcap's tools have it */
	REPLACE_DEFAULT_S = 30,
	REPLACE_MIN_S = 12,	/* longer than the judge waits for the writer */
	QUIET_DEFAULT_S = 900, QUIET_MAX_S = 30 * 86400,
	EVIDENCE_TOTAL_DEFAULT_MB = 1024, EVIDENCE_TOTAL_MAX_MB = 1 << 24,
	EVIDENCE_AGE_DEFAULT_DAYS = 30, EVIDENCE_AGE_MAX_DAYS = 3650,
	STATS_INTERVAL_DEFAULT_S = 60, STATS_INTERVAL_MAX_S = 86400,
};

#define AT(member) offsetof(struct settings, member)
#define LIMIT(name, option, member, min, max, words) \
	{ "limits." name, option, SETTINGS_NUMBER, AT(limits.member), min, max, words }

/* docs/limits.md says what each costs, and what happens at it. */
#define TABLE_MAX ((size_t)1 << 22)	/* entries */
#define BYTES_MAX ((size_t)1 << 34)
#define SECONDS_MAX ((size_t)86400)

static const struct settings_key keys[] = {
	{ "interfaces", "interface", SETTINGS_INTERFACES, AT(interfaces), 0, 0, NULL },
	{ "workers", "workers", SETTINGS_NUMBER, AT(workers), 1, WORKERS_MAX, NULL },
	{ "ports", "ports", SETTINGS_PORTS, AT(ports), 0, 0, NULL },
	{ "filter", "filter", SETTINGS_TEXT, AT(filter), 0, 0, NULL },
	{ "snaplen", "snaplen", SETTINGS_NUMBER, AT(snaplen), 1, SNAPLEN_MAX, NULL },
	{ "ring-size", "ring-size", SETTINGS_NUMBER, AT(ring_mb), 1, RING_MAX_MB, NULL },
	{ "promiscuous", "promiscuous", SETTINGS_FLAG, AT(promiscuous), 0, 0, NULL },
	{ "vlan-track", "vlan-track", SETTINGS_FLAG, AT(vlan_track), 0, 0, NULL },
	{ "quiet-after", "quiet-after", SETTINGS_NUMBER, AT(quiet_s), 1, QUIET_MAX_S, NULL },
	{ "rules", "rules", SETTINGS_TEXTS, AT(rules), 0, 0, NULL },
	{ "policy", "policy", SETTINGS_TEXT, AT(policy), 0, 0, NULL },
	{ "baseline", "baseline", SETTINGS_TEXT, AT(baseline), 0, 0, NULL },
	{ "learn", "learn", SETTINGS_FLAG, AT(learn), 0, 0, NULL },
	{ "home-networks", "home-net", SETTINGS_NETWORKS, AT(home), 0, 0, NULL },
	{ "excerpts", "excerpts", SETTINGS_EXCERPTS, AT(excerpts), 0, 0, NULL },
	{ "format", "format", SETTINGS_FORMAT, AT(format), 0, 0, NULL },
	{ "outputs", "output", SETTINGS_OUTPUTS, AT(outputs), 0, 0, NULL },
	{ "stats-interval", "stats-interval", SETTINGS_NUMBER, AT(stats_interval_s),
	    1, STATS_INTERVAL_MAX_S, NULL },
	{ "evidence.directory", "evidence", SETTINGS_TEXT, AT(evidence.directory), 0, 0, NULL },
	{ "evidence.bytes", NULL, SETTINGS_NUMBER, AT(evidence.bytes),
	    0, EVIDENCE_BYTES_MAX, NULL },
	{ "evidence.max-total", NULL, SETTINGS_NUMBER, AT(evidence.total_mb),
	    1, EVIDENCE_TOTAL_MAX_MB, NULL },
	{ "evidence.max-age", NULL, SETTINGS_NUMBER, AT(evidence.age_days),
	    1, EVIDENCE_AGE_MAX_DAYS, NULL },
	{ "metrics", "metrics", SETTINGS_LISTENER, AT(metrics), 0, 0, NULL },
	{ "user", "user", SETTINGS_TEXT, AT(user), 0, 0, NULL },
	{ "sandbox", "sandbox", SETTINGS_FLAG, AT(sandbox), 0, 0, NULL },
	{ "replace-after", "replace-after", SETTINGS_NUMBER, AT(replace_s),
	    REPLACE_MIN_S, SECONDS_MAX, NULL },
	LIMIT("connections", "max-connections", connections, 1, TABLE_MAX,
	    "connections that are read"),
	LIMIT("shunted", NULL, shunted, 1, TABLE_MAX,
	    "... that are watched for their end only (as many)"),
	LIMIT("half-open", NULL, half_open, 1, TABLE_MAX,
	    "handshakes under way, and ends just seen (half as many)"),
	LIMIT("idle", NULL, idle_s, 1, SECONDS_MAX,
	    "seconds of silence that end a connection"),
	LIMIT("half-open-idle", NULL, half_open_idle_s, 1, SECONDS_MAX,
	    "... a handshake, or a connection that was reset"),
	LIMIT("early-bytes", NULL, early_bytes, 65536, BYTES_MAX,
	    "bytes out of order, of all connections"),
	LIMIT("early-bytes-each", NULL, early_connection_bytes, 4096, BYTES_MAX,
	    "... and of one"),
	LIMIT("held-bytes", NULL, held_bytes, 4096, BYTES_MAX,
	    "bytes of segments that wait for a handshake, or their cause"),
	LIMIT("blocks", NULL, blocks, 4, 4 * TABLE_MAX,
	    "blocks of 2 KB for what repetitions are compared with (4 a connection)"),
	LIMIT("kept-bytes", NULL, kept_bytes, 65536, BYTES_MAX,
	    "bytes that are no whole unit of a protocol yet"),
	LIMIT("share-bytes", NULL, share_bytes, 1, BYTES_MAX,
	    "bytes of files that a process reads at least (read -j)"),
	LIMIT("ahead-bytes", NULL, ahead_bytes, 65536, BYTES_MAX,
	    "bytes on disk of what it reads before its turn"),
	LIMIT("datagrams", "max-datagrams", datagrams, 1, TABLE_MAX,
	    "IP datagrams put together at once"),
	LIMIT("datagram-age", NULL, datagram_age_s, 1, SECONDS_MAX,
	    "... seconds from the first fragment on"),
	LIMIT("servers", "max-servers", servers, 1, TABLE_MAX,
	    "servers that are remembered"),
	LIMIT("relations", NULL, relations, 1, TABLE_MAX,
	    "clients whose upgrade came to nothing"),
	LIMIT("twins", NULL, twins, 1, TABLE_MAX,
	    "sessions kept to be compared with another tap's"),
	LIMIT("alerts", NULL, alerts, 1, TABLE_MAX,
	    "alerts remembered, so that none is given twice"),
	LIMIT("evidence-bytes", NULL, evidence_bytes, 65536, BYTES_MAX,
	    "bytes of packets kept until an alert may want them"),
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

void
settings_init(struct settings *s, enum settings_for use)
{
	bool watch = use == SETTINGS_FOR_WATCH;

	*s = (struct settings){ .arena = arena_new(), .workers = 1,
		.ports = watch ? "dialect" : "all", .snaplen = SNAPLEN_DEFAULT,
		.ring_mb = RING_DEFAULT_MB, .promiscuous = true, .vlan_track = true,
		.quiet_s = QUIET_DEFAULT_S,
		.learn = watch, .stats_interval_s = STATS_INTERVAL_DEFAULT_S, .sandbox = true,
		.replace_s = REPLACE_DEFAULT_S,
		.limits.connections = STREAM_ESTABLISHED_MAX,
		.limits.idle_s = STREAM_ESTABLISHED_IDLE_S,
		.limits.half_open_idle_s = STREAM_HALF_OPEN_IDLE_S,
		.limits.early_bytes = STREAM_EARLY_MAX,
		.limits.early_connection_bytes = STREAM_EARLY_CONNECTION_MAX,
		.limits.held_bytes = STREAM_HELD_MAX,
		.limits.kept_bytes = SESSIONS_KEPT_MAX,
		.limits.share_bytes = READER_SHARE_BYTES,
		.limits.ahead_bytes = BACKLOG_BYTES_MAX,
		.limits.datagrams = FRAGMENTS_DATAGRAMS_MAX,
		.limits.datagram_age_s = FRAGMENTS_AGE_S,
		.limits.servers = BASELINE_SERVERS_DEFAULT,
		.limits.relations = JUDGE_RELATIONS_DEFAULT,
		.limits.twins = JUDGE_TWINS_DEFAULT,
		.limits.alerts = JUDGE_ALERTS_DEFAULT,
		.limits.evidence_bytes = EVIDENCE_ALL_DEFAULT,
		.evidence = { .bytes = EVIDENCE_BYTES_DEFAULT,
		    .total_mb = EVIDENCE_TOTAL_DEFAULT_MB,
		    .age_days = EVIDENCE_AGE_DEFAULT_DAYS } };
}

const struct settings_key *
settings_key(size_t index)
{
	return index < KEYS ? &keys[index] : NULL;
}

const struct settings_key *
settings_key_of_option(const char *option)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (keys[i].option != NULL && strcmp(keys[i].option, option) == 0)
			return &keys[i];
	}
	return NULL;
}

const struct settings_key *
settings_key_of_limit(const char *name)
{
	for (size_t i = 0; i < KEYS; i++) {
		if (keys[i].words != NULL && strcmp(strchr(keys[i].name, '.') + 1, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static int
set_number(size_t *number_r, const char *text, size_t min, size_t max, struct err *e)
{
	size_t number = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && number <= max; at++)
		number = number * 10 + (size_t)(*at - '0');
	if (at == text || *at != '\0' || number < min || number > max)
		return err_set(e, "say a number from %zu to %zu", min, max);
	*number_r = number;
	return 0;
}

static int
set_flag(bool *flag_r, const char *text, struct err *e)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) == 0) {
			*flag_r = i % 2 == 1;
			return 0;
		}
	}
	return err_set(e, "say true or false");
}

static int
set_ports(const char **ports_r, const char *text, struct err *e)
{
	struct ports ports;

	*ports_r = text;
	return ports_parse(&ports, text, e);
}

static int
set_format(const char **format_r, const char *text, struct err *e)
{
	enum format format;
	struct err unused;

	*format_r = text;
	return output_spec_format(text, &format, &unused) == 0 ? 0 :
	    err_set(e, "say eve, ecs or text");
}

/* Room for one more item of a list that doubles as it grows. */
static void *
grow(struct arena *arena, void *items, size_t count, size_t item_bytes)
{
	void *larger;

	if (count == 0)
		return arena_alloc(arena, item_bytes);
	if ((count & (count - 1)) != 0)
		return items;
	larger = arena_alloc(arena, 2 * count * item_bytes);
	memcpy(larger, items, count * item_bytes);
	return larger;
}

static int
add_text(struct settings *s, struct text_list *list, const char *text, struct err *e)
{
	if (text[0] == '\0')
		return err_set(e, "say a path");
	if (list->count == SETTINGS_LIST_MAX)
		return err_set(e, "at most %d of them", SETTINGS_LIST_MAX);
	list->items = grow(s->arena, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = text;
	return 0;
}

static int
add_output(struct settings *s, struct text_list *list, const char *text, struct err *e)
{
	struct output_spec spec;

	if (output_spec_parse(&spec, text, e) < 0)
		return -1;
	output_spec_release(&spec);
	if (list->count == OUTPUTS_MAX)
		return err_set(e, "at most %d of them", OUTPUTS_MAX);
	return add_text(s, list, text, e);
}

static int
add_network(struct settings *s, struct network_list *list, const char *text, struct err *e)
{
	struct network network;

	if (!network_read(text, &network))
		return err_set(e, "say a network such as 192.0.2.0/24 or 2001:db8::/32");
	if (list->count == SETTINGS_LIST_MAX)
		return err_set(e, "at most %d of them", SETTINGS_LIST_MAX);
	list->items = grow(s->arena, list->items, list->count, sizeof(*list->items));
	list->items[list->count++] = network;
	return 0;
}

int
settings_add_interface(struct settings *s, struct settings_interface added, struct err *e)
{
	struct interface_list *list = &s->interfaces;

	if (list->count == SETTINGS_INTERFACES_MAX)
		return err_set(e, "at most %d interfaces", SETTINGS_INTERFACES_MAX);
	if (interface_check(added.name, e) < 0)
		return -1;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].name, added.name) == 0)
			return err_set(e, "%.60s is named twice", added.name);
		if (added.tap != NULL && list->items[i].tap != NULL &&
		    strcmp(list->items[i].tap, added.tap) == 0)
			return err_set(e, "%.60s is the name of two taps", added.tap);
	}
	list->items[list->count++] = added;
	return 0;
}

/* INTERFACE or TAP=INTERFACE */
static int
add_interface(struct settings *s, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');

	if (text[0] == '\0' || equals == text || (equals != NULL && equals[1] == '\0'))
		return err_set(e, "say INTERFACE or TAP=INTERFACE");
	if (equals == NULL)
		return settings_add_interface(s, (struct settings_interface){ text, NULL }, e);
	return settings_add_interface(s, (struct settings_interface){ equals + 1,
	    arena_text(s->arena, text, (size_t)(equals - text)) }, e);
}

int
settings_set(struct settings *s, const struct settings_key *key, const char *text,
    struct err *e)
{
	void *place = (char *)s + key->offset;

	switch (key->kind) {
	case SETTINGS_TEXT:
		*(const char **)place = text;
		return text[0] != '\0' ? 0 : err_set(e, "say something, or leave it out");
	case SETTINGS_NUMBER:
		return set_number(place, text, key->min, key->max, e);
	case SETTINGS_FLAG:
		return set_flag(place, text, e);
	case SETTINGS_PORTS:
		return set_ports(place, text, e);
	case SETTINGS_FORMAT:
		return set_format(place, text, e);
	case SETTINGS_LISTENER:
		*(const char **)place = text;
		return metrics_listen_check(text, e);
	case SETTINGS_EXCERPTS:
		return excerpts_parse(text, place, e);
	case SETTINGS_TEXTS:
		return add_text(s, place, text, e);
	case SETTINGS_NETWORKS:
		return add_network(s, place, text, e);
	case SETTINGS_INTERFACES:
		return add_interface(s, text, e);
	case SETTINGS_OUTPUTS:
		return add_output(s, place, text, e);
	}
	return -1;
}

int
settings_check(const struct settings *s, struct err *e)
{
	size_t named = 0;

	for (size_t i = 0; i < s->interfaces.count; i++)
		named += s->interfaces.items[i].tap != NULL;
	if (named > 0 && named < s->interfaces.count)
		return err_set(e, "interfaces: name a tap for each of them, or for none");
	return 0;
}

void
settings_release(struct settings *s)
{
	arena_free(&s->arena);
}
