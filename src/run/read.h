/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_READ_H
#define RUN_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What "stripwatch read" was asked to do; all texts are borrowed. */
struct read_settings {
	const char *const *files;	/* "-" is standard input */
	size_t file_count;
	const char *const *taps;	/* names, NULL when taps are not named; one for each file */
	const char *format;		/* of outputs that say none, or NULL */
	const char *const *outputs;	/* as docs/outputs.md describes them */
	size_t output_count;		/* 0: standard output */
	const char *const *rules;	/* paths that replace the rules built in */
	size_t rules_count;
	const char *baseline;		/* file with what earlier runs have learnt, or NULL */
	bool learn;			/* ... to which this one adds */
	const char *policy;		/* the operator's own word, or NULL */
	const char *ports;
	const char *filter;
	unsigned fail_on;		/* severity 1-4 that makes the exit status 4, or 0 */
	size_t max_connections;		/* followed at once */
	size_t max_datagrams;		/* put together at once */
	size_t max_servers;		/* remembered */
	uint64_t flow_id;		/* explain this one instead of writing events; or 0 */
	bool progress;			/* a bar on standard error */
	bool sandbox;			/* a process that can do nothing else reads the files */
};

/* Does it read standard input? That may never end, and somebody may wait for each event. */
bool read_is_live(const struct read_settings *settings);

/* Exit statuses, as docs/events.md promises them. */
enum exit_status {
	EXIT_ALL_READ = 0,
	EXIT_SOME_UNREAD = 1,
	EXIT_USAGE = 2,
	EXIT_INTERNAL = 3,
	EXIT_FAIL_ON = 4,
};

/*
 * Read capture files and write events. Messages about files that cannot be
 * read go to standard error as they come up. *e is set for EXIT_USAGE and
 * EXIT_INTERNAL, with an empty text where no message is wanted.
 */
enum exit_status read_run(const struct read_settings *settings, struct err *e);

#endif
