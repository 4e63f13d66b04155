/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/baseline.h"
#include "cmd/read.h"
#include "cmd/rules.h"
#include "config.h"
#include "run/read.h"

static const struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "baseline", "look at and mend what was learnt of servers", cmd_baseline },
	{ "read", "analyse capture files (pcap, pcapng)", cmd_read },
	{ "rules", "list the rules, or check rule files", cmd_rules },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
print_help(FILE *out)
{
	fputs("stripwatch finds connections whose STARTTLS was stripped, downgraded or\n"
	    "injected into.\n\nusage: stripwatch COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\n  --version, --help\n\n\"stripwatch COMMAND --help\" tells more of each. "
	    "Try: stripwatch read FILE.pcap\n", out);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts(PACKAGE_STRING);
		return EXIT_ALL_READ;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return EXIT_ALL_READ;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "stripwatch: there is no command %s; \"stripwatch --help\" lists them\n",
	    argv[1]);
	return EXIT_USAGE;
}
