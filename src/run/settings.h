/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SETTINGS_H
#define RUN_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "words/excerpts.h"
#include "words/network.h"

/*
 * What can be set, for "read" and "watch" alike: by a configuration file, and then by
 * options, which win. One table (settings_key()) says what there is, of which kind, within
 * which bounds and what it is where nobody says anything; the reader of files, options,
 * "config show" and the test of docs/configuration.md walk it.
 */

enum {
	SETTINGS_INTERFACES_MAX = 32,
	SETTINGS_LIST_MAX = 4096,	/* of paths or networks */
	SETTINGS_KEYS_MAX = 64,
};

/* One network interface, and the name of the tap that it is; NULL where none are named. */
struct settings_interface {
	const char *name;
	const char *tap;
};

/* Lists: what came from a file goes when an option speaks of the same. */
struct text_list {
	const char **items;
	size_t count;
	bool of_file;
};

struct network_list {
	struct network *items;
	size_t count;
	bool of_file;
};

struct interface_list {
	struct settings_interface items[SETTINGS_INTERFACES_MAX];
	size_t count;
	bool of_file;
};

/* How large tables may get, in each worker; docs/limits.md. 0: what their room thinks right. */
struct settings_limits {
	size_t connections, shunted, half_open;
	size_t idle_s, half_open_idle_s;
	size_t early_bytes, early_connection_bytes, held_bytes, blocks;
	size_t kept_bytes;
	size_t share_bytes, ahead_bytes;
	size_t datagrams, datagram_age_s;
	size_t servers;
	size_t relations, twins, alerts;
	size_t evidence_bytes;
};

/* Packets of connections that an alert was given of. */
struct settings_evidence {
	const char *directory;		/* NULL: none are kept */
	size_t bytes;			/* of the packets of each connection; 0: none are kept */
	size_t total_mb;		/* of all files */
	size_t age_days;
};

/* All texts live in the arena, or are borrowed from the command line. */
struct settings {
	struct arena *arena;
	const char *file;		/* that was read, or NULL */
	unsigned lines[SETTINGS_KEYS_MAX];	/* where each key stands in it; 0: nowhere */

	/* where packets come from */
	struct interface_list interfaces;
	size_t workers;			/* of each interface */
	const char *ports;
	const char *filter;		/* pcap-filter(7), or NULL */
	size_t snaplen;
	size_t ring_mb;			/* of each worker */
	bool promiscuous;
	bool vlan_track;		/* VLAN tags tell connections apart */
	size_t quiet_s;			/* without traffic; then a tap is told of */

	/* how they are judged */
	struct text_list rules;		/* paths that replace the rules built in */
	const char *policy;		/* the operator's own word, or NULL */
	const char *baseline;		/* file with what earlier runs have learnt, or NULL */
	bool learn;			/* ... to which this one adds */
	struct network_list home;	/* none: events have no direction */

	/* what is written, and where to */
	enum excerpts excerpts;
	struct text_list outputs;	/* see docs/outputs.md; none: standard output */
	const char *format;		/* of outputs that say none, or NULL */
	size_t stats_interval_s;
	struct settings_evidence evidence;
	const char *metrics;		/* where metrics_listen() listens, or NULL */

	/* the processes */
	const char *user;		/* to become once the descriptors are there, or NULL */
	bool sandbox;
	size_t replace_s;		/* without a sign of life; then a process is replaced */
	struct settings_limits limits;
};

enum settings_for { SETTINGS_FOR_READ, SETTINGS_FOR_WATCH };

enum settings_kind {
	SETTINGS_TEXT,
	SETTINGS_NUMBER,
	SETTINGS_FLAG,
	SETTINGS_PORTS,
	SETTINGS_FORMAT,
	SETTINGS_LISTENER,
	SETTINGS_EXCERPTS,
	SETTINGS_TEXTS,		/* from here on lists */
	SETTINGS_NETWORKS,
	SETTINGS_INTERFACES,
	SETTINGS_OUTPUTS,
};

struct settings_key {
	const char *name;	/* in a file; "limits.servers" stands below "limits" */
	const char *option;	/* the same on the command line, without "--", or NULL */
	enum settings_kind kind;
	size_t offset;		/* in struct settings */
	size_t min, max;	/* SETTINGS_NUMBER */
	const char *words;	/* of a limit */
};

static inline bool
settings_is_list(enum settings_kind kind)
{
	return kind >= SETTINGS_TEXTS;
}

static inline bool
settings_keep_evidence(const struct settings *s)
{
	return s->evidence.directory != NULL && s->evidence.bytes > 0;
}

/* The table, in the order of docs/configuration.md; NULL behind the last. */
const struct settings_key *settings_key(size_t index);

/* NULL when there is no such key. */
const struct settings_key *settings_key_of_option(const char *option);

/* The limit of that name ("servers"); NULL when there is none. */
const struct settings_key *settings_key_of_limit(const char *name);

/* What holds where nobody says anything; to be given back with settings_release(). */
void settings_init(struct settings *s, enum settings_for use);

/*
 * Set a key, or add an item to its list. The text must outlive the settings. -1 with *e set
 * to what should have been said, without the key and the text.
 */
int settings_set(struct settings *s, const struct settings_key *key, const char *text,
    struct err *e);

int settings_add_interface(struct settings *s, struct settings_interface added, struct err *e);

/* The key was set there; without a file and with line 0 it was set by an option. */
void settings_note_place(struct settings *s, const struct settings_key *key, const char *file,
    unsigned line);

/* What is wrong was said by a key of the file: put FILE:LINE: KEY before it. Always -1. */
int settings_blame(const struct settings *s, const char *name, struct err *e);

/* Does the expression compile (pcap-filter(7))? -1 with *e set. */
int settings_check_filter(const char *expression, struct err *e);

/* When all was said: does it go together? -1 with *e set. */
int settings_check(const struct settings *s, struct err *e);

void settings_release(struct settings *s);

#endif
