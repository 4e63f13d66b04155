/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <getopt.h>
#include <stddef.h>

/* The value that every subcommand gives its --help; -h is the same. */
enum { OPTION_HELP = 'h', OPTION_WRONG = '?' };

/*
 * getopt_long(3) for one subcommand ("read"): the value of the next option, -1
 * after the last, or OPTION_WRONG when a message has said what is wrong with it. An
 * option whose value is a letter can be given by that, too: -h.
 */
int options_next(const char *command, int argc, char **argv, const struct option *options);

/*
 * Read the value of an option that is a number from 1 to max (less than SIZE_MAX / 10).
 * 0, or -1 after a message.
 */
int options_number(const char *command, const char *name, const char *text, size_t max,
    size_t *number_r);

/* Write a text of help to standard output; returns the exit status. */
int options_help(const char *text);

/*
 * Everything that was printed must have arrived: returns the status, or
 * EXIT_INTERNAL with a message when standard output could not be written.
 */
int options_finish(int status);

#endif
