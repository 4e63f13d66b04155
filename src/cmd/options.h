/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "run/settings.h"

/* Values that every subcommand gives its --help (-h is the same) and its --config. */
enum { OPTION_HELP = 'h', OPTION_WRONG = '?', OPTION_CONFIG = 1000, OPTION_LIMIT };

/*
 * getopt_long(3) for one subcommand ("read"): the value of the next option, -1
 * after the last, or OPTION_WRONG when a message has said what is wrong with it. An
 * option whose value is a letter can be given by that, too: -h.
 */
int options_next(const char *command, int argc, char **argv, const struct option *options);

/* The name of an option by its value, or NULL. */
const char *options_name(const struct option *options, int value);

/*
 * Set what the option of that name stands for: value is NULL for one without, which is
 * a flag, or "no-" and a flag. The first item of a list replaces what a file said. 0, or
 * -1 after a message.
 */
int options_set(const char *command, struct settings *s, const char *name, const char *value);

/*
 * Read the file that --config names, whichever place it has, so that options win. 0, or
 * -1 after a message.
 */
int options_config(const char *command, int argc, char **argv, const struct option *options,
    struct settings *s);

/* What subcommands with settings have in common. */
struct options_taken {
	const char *command;
	const struct option *options;
	struct settings *settings;
	bool help, limits_help;		/* asked for, instead of anything else */
};

/* Take an option that is not the subcommand's own. 0, or -1 after a message. */
int options_take(struct options_taken *t, int name, const char *value);

/* Print what --limit knows; returns the exit status. */
int options_limits_help(void);

/* Write a text of help to standard output; returns the exit status. */
int options_help(const char *text);

/*
 * Everything that was printed must have arrived: returns the status, or
 * EXIT_INTERNAL with a message when standard output could not be written.
 */
int options_finish(int status);

#endif
