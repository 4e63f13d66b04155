/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "cmd/options.h"
#include "judge/policy.h"
#include "judge/policy_import.h"
#include "run/read.h"

static const char help[] =
    "usage: stripwatch policy check FILE...\n"
    "       stripwatch policy import FILE...\n"
    "\n"
    "check says what is wrong in policy files, by file and line, and warns of entries that\n"
    "can never count. import reads MTA-STS policies (the text at\n"
    "https://mta-sts.DOMAIN/.well-known/mta-sts.txt) and the list of STARTTLS Everywhere\n"
    "(JSON), and writes a policy file in which their mail servers must offer TLS, for\n"
    "--policy. Domains that only test are left out.\n"
    "\n"
    "  -h, --help  this text\n"
    "\n"
    "Exit status: 0 done, 1 in one of them nothing is to be expected, 2 usage or a fault\n"
    "in a file, 3 output failure.\n";

static int
usage(void)
{
	fputs(help, stderr);
	return EXIT_USAGE;
}

static void
warn(void *ctx, unsigned line, const char *what)
{
	log_warnx("warning: %s:%u: %s", (const char *)ctx, line, what);
}

static int
check(char **files, int count)
{
	const int64_t now_ns = (int64_t)time(NULL) * CLOCK_SECOND_NS;
	int status = EXIT_ALL_READ;
	unsigned idle = 0;

	for (int i = 0; i < count; i++) {
		struct err e;
		struct policy *p = policy_read(files[i], &e);

		if (p == NULL) {
			log_warnx("%s", e.text);
			status = EXIT_USAGE;
		} else {
			idle += policy_check(p, now_ns, warn, files[i]);
		}
		policy_free(&p);
	}
	if (status == EXIT_ALL_READ && idle == 0)
		printf("policy: fine\n");
	else if (status == EXIT_ALL_READ)
		printf("policy: fine; entries that can never count: %u\n", idle);
	return status;
}

/* All of them, or nothing is written where one is wrong. */
static int
import_all(char **files, int count, FILE *out)
{
	int status = EXIT_ALL_READ;

	for (int i = 0; i < count; i++) {
		struct err e;
		int result = policy_import(files[i], out, &e);

		if (result == 1)
			continue;
		log_warnx("%s", e.text);
		if (result < 0)
			return EXIT_USAGE;
		status = EXIT_SOME_UNREAD;
	}
	return status;
}

static int
import(char **files, int count)
{
	char *entries = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&entries, &bytes);
	int status;

	if (out == NULL) {
		log_warn("policy");
		return EXIT_INTERNAL;
	}
	status = import_all(files, count, out);
	fclose(out);
	if (status != EXIT_USAGE && bytes > 0)
		printf("tls:\n%s", entries);
	free(entries);
	return status;
}

int
cmd_policy(int argc, char **argv)
{
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return options_help(help);
	if (argc < 3 || argv[2][0] == '-')
		return usage();
	if (strcmp(argv[1], "check") == 0)
		return options_finish(check(argv + 2, argc - 2));
	if (strcmp(argv[1], "import") == 0)
		return options_finish(import(argv + 2, argc - 2));
	return usage();
}
