/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/options.h"
#include "cmd/read.h"
#include "run/extract.h"
#include "run/read.h"

static const char help[] =
    "usage: stripwatch read [OPTIONS] FILE... | -\n"
    "\n"
    "Reads capture files (pcap, pcapng; - is standard input), merged by packet time,\n"
    "and writes what became of every STARTTLS in them.\n"
    "\n"
    "  --format eve|ecs|text\n"
    "                       JSON lines as in Suricata's EVE or the Elastic Common Schema,\n"
    "                       or text for a person (default: text on a terminal, else eve)\n"
    "  --output SPEC        where events go, instead of standard output; may be repeated:\n"
    "                       a file's name, or file: unix: unix+dgram: syslog: syslog+udp:\n"
    "                       syslog+tcp: syslog+tls: with keys; see docs/outputs.md\n"
    "  --rules DIR|FILE     use these rules instead of those built in; may be repeated\n"
    "  --baseline FILE      also use what earlier runs have learnt of these servers\n"
    "  --learn              ... and add to it what this one learns\n"
    "  --policy FILE        where TLS must be, may be, or never is; see docs/policy.md\n"
    "  --home-net NETWORK   your own networks, such as 192.0.2.0/24; may be repeated. Events\n"
    "                       then have a direction\n"
    "  --excerpts full|verbs|off\n"
    "                       how much of what was said to quote: lines (default), only codes\n"
    "                       and keywords, or nothing\n"
    "  --tap NAME=FILE      read FILE as the tap of that name; may be repeated\n"
    "  --ports all|dialect|LIST\n"
    "                       look at all TCP ports (default), at those of known protocols,\n"
    "                       or at a list such as 25,587\n"
    "  --filter EXPRESSION  read only matching frames, see pcap-filter(7)\n"
    "  --fail-on LEVEL      exit with 4 when an alert of this level or above was given:\n"
    "                       high, medium, low, informational\n"
    "  --config FILE        take settings from FILE, too; options win. See\n"
    "                       docs/configuration.md\n"
    "  -j, --jobs N         read in N processes at once where the files leave pauses between\n"
    "                       them; what is written is the same (default 1)\n"
    "  --no-sandbox         read the files in this process, without locking anything in\n"
    "  --vlan-track yes|no  do VLANs tell connections apart? (default yes; no where each\n"
    "                       direction has its own)\n"
    "  --limit NAME=N       make a table larger or smaller; may be repeated;\n"
    "                       --limit help lists them\n"
    "  --max-connections N, --max-datagrams N, --max-servers N\n"
    "                       the same as --limit connections=N and so on\n"
    "  -h, --help           this text\n"
    "\n"
    "SIGINT and SIGTERM end the reading: what came before is judged and written.\n"
    "\n"
    "Exit status: 0 all was read, 1 some was not (a file that could not be read, which\n"
    "is named, or a signal; the rest was analysed), 2 usage, 3 output or internal\n"
    "failure, 4 --fail-on was met.\n";

/* From OPT_OUTPUT on they are settings, which options_set() knows by name. */
enum option_name { OPT_JOBS = 'j', OPT_WRITE = 'w', OPT_TAP = 256, OPT_FAIL_ON,
	OPT_FLOW, OPT_OUTPUT, OPT_FORMAT, OPT_RULES, OPT_BASELINE, OPT_LEARN,
	OPT_POLICY, OPT_HOME_NET, OPT_EXCERPTS, OPT_PORTS, OPT_FILTER, OPT_VLAN_TRACK,
	OPT_NO_SANDBOX, OPT_MAX_CONNECTIONS, OPT_MAX_DATAGRAMS, OPT_MAX_SERVERS };

static const struct option options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "tap", required_argument, NULL, OPT_TAP },
	{ "fail-on", required_argument, NULL, OPT_FAIL_ON },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "learn", no_argument, NULL, OPT_LEARN },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "home-net", required_argument, NULL, OPT_HOME_NET },
	{ "excerpts", required_argument, NULL, OPT_EXCERPTS },
	{ "ports", required_argument, NULL, OPT_PORTS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "no-sandbox", no_argument, NULL, OPT_NO_SANDBOX },
	{ "max-connections", required_argument, NULL, OPT_MAX_CONNECTIONS },
	{ "max-datagrams", required_argument, NULL, OPT_MAX_DATAGRAMS },
	{ "max-servers", required_argument, NULL, OPT_MAX_SERVERS },
	{ "limit", required_argument, NULL, OPTION_LIMIT },
	{ "vlan-track", required_argument, NULL, OPT_VLAN_TRACK },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* What can be said of a reading whose events nobody wants. */
static const struct option explain_options[] = {
	{ "flow", required_argument, NULL, OPT_FLOW },
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "tap", required_argument, NULL, OPT_TAP },
	{ "ports", required_argument, NULL, OPT_PORTS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const struct option extract_options[] = {
	{ "flow", required_argument, NULL, OPT_FLOW },
	{ "write", required_argument, NULL, OPT_WRITE },
	{ "tap", required_argument, NULL, OPT_TAP },
	{ "ports", required_argument, NULL, OPT_PORTS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "vlan-track", required_argument, NULL, OPT_VLAN_TRACK },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* Arrays as long as argc, which nothing given on a command line can exceed. */
struct arguments {
	struct settings common;
	struct read_settings settings;
	const char **files, **taps;
	size_t tap_count;
	const char *write;	/* where an extract goes */
	struct options_taken taken;
};

static const struct option *
options_of(const char *command)
{
	return strcmp(command, "explain") == 0 ? explain_options :
	    strcmp(command, "extract") == 0 ? extract_options : options;
}

static int
usage(const struct arguments *a, const char *what, const char *why)
{
	const char *command = a->taken.command;

	log_usage(command, "%.200s %s; see stripwatch %s --help", what, why, command);
	return -1;
}

static int
add_tap(struct arguments *a, char *value)
{
	char *equals = strchr(value, '=');

	if (equals == NULL || equals == value || equals[1] == '\0')
		return usage(a, value, "is not NAME=FILE");
	if (a->tap_count == UINT8_MAX)
		return usage(a, value, "is one tap too many");
	*equals = '\0';
	a->taps[a->tap_count++] = value;
	a->files[a->settings.file_count++] = equals + 1;
	return 0;
}

static int
set_fail_on(struct arguments *a, const char *level)
{
	static const char *const levels[] = { "", "high", "medium", "low", "informational" };

	for (unsigned i = 1; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(level, levels[i]) == 0)
			a->settings.fail_on = i;
	}
	if (strcmp(level, "critical") == 0)
		a->settings.fail_on = 1;
	return a->settings.fail_on != 0 ? 0 : usage(a, level, "is no level");
}

static int
set_jobs(struct arguments *a, const char *text)
{
	char *end;
	unsigned long jobs = strtoul(text, &end, 10);

	if (text[0] < '1' || text[0] > '9' || *end != '\0' || jobs > READ_JOBS_MAX)
		return usage(a, text, "is no number of jobs, which is 1 to 32");
	a->settings.jobs = jobs;
	return 0;
}

static int
set_flow(struct arguments *a, const char *text)
{
	char *end;

	errno = 0;
	a->settings.flow_id = strtoull(text, &end, 10);
	return text[0] >= '1' && text[0] <= '9' && *end == '\0' && errno == 0 ? 0 :
	    usage(a, text, "is no flow_id");
}

static int
take_option(struct arguments *a, int name, char *value)
{
	switch (name) {
	case OPT_TAP:
		return add_tap(a, value);
	case OPT_FAIL_ON:
		return set_fail_on(a, value);
	case OPT_JOBS:
		return set_jobs(a, value);
	case OPT_FLOW:
		return set_flow(a, value);
	case OPT_WRITE:
		a->write = value;
		return 0;
	default:
		return options_take(&a->taken, name, value);
	}
}

static int
parse(struct arguments *a, int argc, char **argv)
{
	const struct options_taken *taken = &a->taken;
	int name, standard_inputs = 0;

	if (options_config(taken->command, argc, argv, taken->options, &a->common) < 0)
		return -1;
	while ((name = options_next(taken->command, argc, argv, taken->options)) != -1) {
		if (take_option(a, name, optarg) < 0)
			return -1;
	}
	if (taken->help || taken->limits_help)
		return 0;
	if (a->common.learn && a->common.baseline == NULL)
		return usage(a, "--learn", "needs --baseline FILE");
	if (a->tap_count > 0 && optind < argc)
		return usage(a, argv[optind], "has no tap: with --tap every file needs one");
	while (optind < argc)
		a->files[a->settings.file_count++] = argv[optind++];
	for (size_t i = 0; i < a->settings.file_count; i++)
		standard_inputs += strcmp(a->files[i], "-") == 0;
	if (standard_inputs > 1)
		return usage(a, "-", "can be read only once");
	if (taken->options != options && a->settings.flow_id == 0)
		return usage(a, "--flow", "is missing");
	return a->settings.file_count > 0 ? 0 : usage(a, "FILE", "is missing");
}

static enum exit_status
run(struct arguments *a)
{
	struct err e = { "" };
	enum exit_status status;

	a->settings.files = a->files;
	a->settings.taps = a->tap_count > 0 ? a->taps : NULL;
	a->settings.progress = isatty(STDERR_FILENO) == 1;
	status = a->taken.options == extract_options ? extract_run(&a->settings, a->write, &e) :
	    read_run(&a->settings, &e);
	if (e.text[0] != '\0')
		log_warnx("%s", e.text);
	return status;
}

int
read_command(const char *command, const char *text, int argc, char **argv)
{
	struct arguments a = { .settings = { .common = &a.common },
		.taken = { .command = command, .settings = &a.common,
			.options = options_of(command) } };
	enum exit_status status = EXIT_USAGE;
	size_t room = (size_t)argc + 1;

	a.files = calloc(room, sizeof(*a.files));
	a.taps = calloc(room, sizeof(*a.taps));
	settings_init(&a.common, SETTINGS_FOR_READ);
	if (a.files == NULL || a.taps == NULL) {
		log_warn("%s", command);
		status = EXIT_INTERNAL;
	} else if (parse(&a, argc, argv) == 0) {
		status = a.taken.help ? (enum exit_status)options_help(text) :
		    a.taken.limits_help ? (enum exit_status)options_limits_help() : run(&a);
	}
	free(a.files);
	free(a.taps);
	settings_release(&a.common);
	return (int)status;
}

int
cmd_read(int argc, char **argv)
{
	return read_command("read", help, argc, argv);
}
