/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "cmd/baseline.h"
#include "cmd/configuration.h"
#include "cmd/dialects.h"
#include "cmd/explain.h"
#include "cmd/extract.h"
#include "cmd/options.h"
#include "cmd/policy.h"
#include "cmd/read.h"
#include "cmd/rules.h"
#include "cmd/test_alert.h"
#include "cmd/watch.h"
#include "config.h"
#include "run/read.h"

static const struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "baseline", "look at and mend what was learnt of servers", cmd_baseline },
	{ "config", "check a configuration file, or show the settings", cmd_config },
	{ "explain", "say why a connection was judged as it was", cmd_explain },
	{ "extract", "write the packets of a connection, without its secrets", cmd_extract },
	{ "policy", "check policy files, or make them of MTA-STS policies", cmd_policy },
	{ "read", "analyse capture files (pcap, pcapng)", cmd_read },
	{ "watch", "analyse the traffic of network interfaces as it comes", cmd_watch },
	{ "dialects", "list the protocols that are followed", cmd_dialects },
	{ "rules", "list, check, explain and test rules", cmd_rules },
	{ "test-alert", "try the outputs with an alert that is marked as a test", cmd_test_alert },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
print_help(FILE *out)
{
	fputs("stripwatch finds connections whose STARTTLS was stripped, downgraded or\n"
	    "injected into.\n\nusage: stripwatch COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n  -h, --help     this text\n  -V, --version  which version this is\n\n"
	    "\"stripwatch COMMAND --help\" tells more of each. "
	    "Try: stripwatch read FILE.pcap\n", out);
}

static int
print_version(void)
{
	puts(PACKAGE_STRING);
	return options_finish(EXIT_ALL_READ);
}

static bool
is_one_of(const char *word, const char *a, const char *b, const char *c)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

int
main(int argc, char **argv)
{
	struct err e;

	if (descriptor_keep_standard(&e) < 0) {
		log_warnx("%s", e.text);
		return EXIT_INTERNAL;
	}
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--version", "-V", "version"))
		return print_version();
	if (is_one_of(argv[1], "--help", "-h", "help")) {
		print_help(stdout);
		return options_finish(EXIT_ALL_READ);
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	log_warnx("there is no %s '%.60s'; \"stripwatch --help\" tells what there is",
	    argv[1][0] == '-' ? "option" : "command", argv[1]);
	return EXIT_USAGE;
}
