/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/configuration.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cmd/options.h"
#include "run/config_file.h"
#include "sensor/watch.h"

enum { CONFIG_FINE = 0, CONFIG_WRONG = 1, CONFIG_USAGE = 2 };

static const char help[] =
    "usage: stripwatch config check FILE\n"
    "       stripwatch config show [FILE]\n"
    "\n"
    "check reads a configuration file, and the rules, the policy and the certificates that it\n"
    "names, and says what \"stripwatch watch\" would refuse. show writes every setting of\n"
    "\"stripwatch watch\" as such a file: those of FILE, and what holds where nothing is said.\n"
    "\n"
    "  -h, --help  this text\n"
    "\n"
    "docs/configuration.md describes the file.\n"
    "\n"
    "Exit status: 0 all is right, 1 something is wrong, 2 usage, 3 the output failed.\n";

static const struct option options[] = {
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
usage(const char *command, const char *what, const char *why)
{
	log_usage(command, "%.200s %s; see stripwatch config --help", what, why);
	return CONFIG_USAGE;
}

static int
check(const char *path)
{
	struct settings s;
	struct err e;
	int status = CONFIG_WRONG;

	settings_init(&s, SETTINGS_FOR_WATCH);
	if (config_read(&s, path, &e) < 0 || watch_check(&s, &e) < 0) {
		log_warnx("%s", e.text);
	} else {
		printf("configuration: fine\n");
		status = options_finish(CONFIG_FINE);
	}
	settings_release(&s);
	return status;
}

static int
show(const char *path)
{
	struct settings s;
	struct err e;
	int status = CONFIG_WRONG;

	settings_init(&s, SETTINGS_FOR_WATCH);
	if ((path != NULL && config_read(&s, path, &e) < 0) || config_write(&s, stdout, &e) < 0)
		log_warnx("%s", e.text);
	else
		status = options_finish(CONFIG_FINE);
	settings_release(&s);
	return status;
}

static int
run(const char *command, int argc, char **argv)
{
	bool checks = strcmp(command, "config check") == 0;
	int option;

	optind = 0;	/* this, for glibc, is "from the start" */
	while ((option = options_next(command, argc, argv, options)) != -1)
		return option == OPTION_HELP ? options_help(help) : CONFIG_USAGE;
	if (argc - optind > 1)
		return usage(command, argv[optind + 1], "is one file too many");
	if (checks && optind == argc)
		return usage(command, "FILE", "is missing");
	return checks ? check(argv[optind]) : show(optind < argc ? argv[optind] : NULL);
}

int
cmd_config(int argc, char **argv)
{
	const char *word = argc >= 2 ? argv[1] : "";

	if (strcmp(word, "check") == 0)
		return run("config check", argc - 1, argv + 1);
	if (strcmp(word, "show") == 0)
		return run("config show", argc - 1, argv + 1);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		return options_help(help);
	if (word[0] == '\0')
		return usage("config", "check or show", "is missing");
	return usage("config", word, "is neither check nor show");
}
