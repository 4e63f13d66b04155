/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_WATCH_H
#define RUN_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "run/read.h"

enum {
	WATCH_INTERFACES_MAX = 32,
	WATCH_WORKERS_MAX = 32,		/* of one interface */
	WATCH_STATS_INTERVAL_S = 60,
	WATCH_SILENCE_S = 30,
};

/* One network interface, and the name of the tap that it is; NULL where none are named. */
struct watch_interface {
	const char *name;
	const char *tap;
};

/*
 * What "stripwatch watch" was asked to do: the one place that says so, whether it came
 * from the command line or from a file. All texts are borrowed.
 */
struct watch_settings {
	struct watch_interface interfaces[WATCH_INTERFACES_MAX];
	size_t interface_count;
	size_t workers;			/* of each interface */
	const char *ports;
	const char *filter;		/* pcap-filter(7), or NULL */
	size_t snaplen;
	size_t ring_bytes;		/* of each worker */
	bool promiscuous;
	const char *const *rules;	/* paths that replace the rules built in */
	size_t rules_count;
	const char *baseline;		/* file, read and added to; NULL: kept in memory only */
	const char *policy;
	const char *const *outputs;	/* as "read" takes them; none: standard output */
	size_t output_count;
	const char *format;
	size_t stats_interval_s;
	size_t silence_s;		/* a worker that says nothing for so long is replaced */
	const char *user;		/* to become once the descriptors are there, or NULL */
	bool sandbox;
	size_t max_connections;		/* of each worker */
	size_t max_datagrams;
	size_t max_servers;
};

/*
 * Watch until SIGTERM or SIGINT. EXIT_ALL_READ then; *e is set for EXIT_USAGE and
 * EXIT_INTERNAL, with an empty text where the process that failed has said why.
 */
enum exit_status watch_run(const struct watch_settings *settings, struct err *e);

#endif
