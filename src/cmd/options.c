/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/options.h"

#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "run/read.h"

/* The name of an option by its value, or NULL. */
static const char *
name_of(const struct option *options, int value)
{
	for (; options->name != NULL; options++) {
		if (options->val == value)
			return options->name;
	}
	return NULL;
}

/* ":hi:w:": those whose value is a letter can be written with it. */
static void
short_options(const struct option *options, char *text_r, size_t size)
{
	size_t n = 0;

	text_r[n++] = ':';
	for (; options->name != NULL && n + 3 < size; options++) {
		if (options->val > UINT8_MAX)
			continue;
		text_r[n++] = (char)options->val;
		if (options->has_arg == required_argument)
			text_r[n++] = ':';
	}
	text_r[n] = '\0';
}

int
options_next(const char *command, int argc, char **argv, const struct option *options)
{
	char letters[64];
	const char *name;
	int got;

	short_options(options, letters, sizeof(letters));
	/* getopt's own messages name neither the program nor the subcommand */
	opterr = 0;
	got = getopt_long(argc, argv, letters, options, NULL);
	if (got != ':' && got != '?')
		return got;
	name = optopt != 0 ? name_of(options, optopt) : NULL;
	if (got == ':')
		log_usage(command, "--%s needs a value; see stripwatch %s --help", name, command);
	else if (name != NULL)
		log_usage(command, "--%s takes no value; see stripwatch %s --help", name, command);
	else if (optopt != 0)
		log_usage(command, "there is no option -%c; see stripwatch %s --help", optopt,
		    command);
	else
		log_usage(command, "there is no option %.200s; see stripwatch %s --help",
		    argv[optind - 1], command);
	return OPTION_WRONG;
}

int
options_number(const char *command, const char *name, const char *text, size_t max,
    size_t *number_r)
{
	size_t number = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && number <= max; at++)
		number = number * 10 + (size_t)(*at - '0');
	if (at == text || *at != '\0' || number == 0 || number > max) {
		log_usage(command, "--%s %.60s: say a number from 1 to %zu", name, text, max);
		return -1;
	}
	*number_r = number;
	return 0;
}

int
options_help(const char *text)
{
	fputs(text, stdout);
	return options_finish(EXIT_ALL_READ);
}

int
options_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	log_warn("standard output: cannot be written");
	return EXIT_INTERNAL;
}
