/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/watch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "capture/live.h"
#include "capture/record.h"
#include "cmd/options.h"
#include "decode/fragments.h"
#include "judge/baseline.h"
#include "run/sandbox_check.h"
#include "run/watch.h"
#include "stream/stream.h"

static const char help[] =
    "usage: stripwatch watch -i INTERFACE [-i INTERFACE...] [OPTIONS]\n"
    "\n"
    "Watches network interfaces until it is told to end, and writes what became of every\n"
    "STARTTLS. What servers do is learnt as it goes.\n"
    "\n"
    "  -i, --interface [NAME=]INTERFACE\n"
    "                       watch this one; with names, what differs between two taps is told\n"
    "  -w, --workers N      share the traffic of each interface between N processes\n"
    "                       (default 1)\n"
    "  --ports all|dialect|LIST\n"
    "                       look at all TCP ports, at those of known protocols (default), or\n"
    "                       at a list such as 25,587\n"
    "  --filter EXPRESSION  ... and only at matching frames, see pcap-filter(7)\n"
    "  --snaplen N          bytes of each frame (default 2048; jumbo frames need more)\n"
    "  --ring-size N        megabytes that the kernel may keep for each worker (default 64)\n"
    "  --promiscuous, --no-promiscuous\n"
    "                       take frames that are addressed to others, too (default), or not\n"
    "  --format eve|ecs|text\n"
    "                       JSON lines as in Suricata's EVE or the Elastic Common Schema,\n"
    "                       or text for a person (default: text on a terminal, else eve)\n"
    "  --output SPEC        where events go, instead of standard output; may be repeated:\n"
    "                       a file's name, or file: unix: unix+dgram: syslog: syslog+udp:\n"
    "                       syslog+tcp: syslog+tls: with keys; see docs/outputs.md\n"
    "  --rules DIR|FILE     use these rules instead of those built in; may be repeated\n"
    "  --baseline FILE      keep what is learnt of servers there (default: in memory only)\n"
    "  --policy FILE        where TLS must be, may be, or never is; see docs/policy.md\n"
    "  --stats-interval N   seconds between two statistics (default 60)\n"
    "  --user NAME          become this user, and keep nothing but the right to capture\n"
    "  --no-sandbox         do not lock the processes in\n"
    "  --sandbox-check      show what a locked process cannot do any more, and end\n"
    "  --max-connections N  follow so many connections at once, in each worker (default 32768)\n"
    "  --max-datagrams N    put so many IP datagrams together at once (default 8192)\n"
    "  --max-servers N      remember so many servers (default 65536)\n"
    "  -h, --help           this text\n"
    "\n"
    "SIGTERM and SIGINT end it, with an event for every session that is open. SIGHUP reads\n"
    "rules and policy again and opens output files anew. SIGUSR1 writes statistics now.\n"
    "\n"
    "Exit status: 0 it was told to end, 2 usage, 3 capture, output or internal failure.\n";

enum option_name { OPT_INTERFACE = 'i', OPT_WORKERS = 'w', OPT_PORTS = 256, OPT_FILTER,
	OPT_SNAPLEN, OPT_RING_SIZE, OPT_PROMISCUOUS, OPT_NO_PROMISCUOUS, OPT_FORMAT, OPT_OUTPUT,
	OPT_RULES, OPT_BASELINE, OPT_POLICY, OPT_STATS_INTERVAL, OPT_USER, OPT_NO_SANDBOX,
	OPT_SANDBOX_CHECK, OPT_MAX_CONNECTIONS, OPT_MAX_DATAGRAMS, OPT_MAX_SERVERS };

enum { MAX_OF_ANY_TABLE = 1 << 22, MEGABYTE = 1 << 20, RING_MAX_MB = 2047,
	INTERVAL_MAX_S = 86400 };

static const struct option options[] = {
	{ "interface", required_argument, NULL, OPT_INTERFACE },
	{ "workers", required_argument, NULL, OPT_WORKERS },
	{ "ports", required_argument, NULL, OPT_PORTS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "snaplen", required_argument, NULL, OPT_SNAPLEN },
	{ "ring-size", required_argument, NULL, OPT_RING_SIZE },
	{ "promiscuous", no_argument, NULL, OPT_PROMISCUOUS },
	{ "no-promiscuous", no_argument, NULL, OPT_NO_PROMISCUOUS },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "rules", required_argument, NULL, OPT_RULES },
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "stats-interval", required_argument, NULL, OPT_STATS_INTERVAL },
	{ "user", required_argument, NULL, OPT_USER },
	{ "no-sandbox", no_argument, NULL, OPT_NO_SANDBOX },
	{ "sandbox-check", no_argument, NULL, OPT_SANDBOX_CHECK },
	{ "max-connections", required_argument, NULL, OPT_MAX_CONNECTIONS },
	{ "max-datagrams", required_argument, NULL, OPT_MAX_DATAGRAMS },
	{ "max-servers", required_argument, NULL, OPT_MAX_SERVERS },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	struct watch_settings settings;
	const char **rules, **outputs;	/* as long as argc */
	size_t named;		/* interfaces with a name of their own */
	size_t ring_mb;
	bool check, help;
};

static int
usage(const char *what, const char *why)
{
	log_usage("watch", "%.200s %s; see stripwatch watch --help", what, why);
	return -1;
}

static int
number(const char *name, const char *value, size_t max, size_t *number_r)
{
	return options_number("watch", name, value, max, number_r);
}

static int
add_interface(struct arguments *a, char *value)
{
	struct watch_settings *s = &a->settings;
	char *equals = strchr(value, '=');
	struct watch_interface *added = &s->interfaces[s->interface_count];

	if (s->interface_count == WATCH_INTERFACES_MAX)
		return usage(value, "is one interface too many");
	if (value[0] == '\0' || equals == value || (equals != NULL && equals[1] == '\0'))
		return usage(value, "is no INTERFACE, and not NAME=INTERFACE");
	*added = (struct watch_interface){ .name = value };
	if (equals != NULL) {
		*equals = '\0';
		*added = (struct watch_interface){ .name = equals + 1, .tap = value };
		a->named++;
	}
	for (size_t i = 0; i < s->interface_count; i++) {
		if (strcmp(s->interfaces[i].name, added->name) == 0)
			return usage(added->name, "is named twice");
		if (equals != NULL && s->interfaces[i].tap != NULL &&
		    strcmp(s->interfaces[i].tap, added->tap) == 0)
			return usage(added->tap, "is the name of two taps");
	}
	s->interface_count++;
	return 0;
}

static int
take_number(struct arguments *a, int name, const char *value)
{
	struct watch_settings *s = &a->settings;

	switch (name) {
	case OPT_WORKERS:
		return number("workers", value, WATCH_WORKERS_MAX, &s->workers);
	case OPT_SNAPLEN:
		return number("snaplen", value, RECORD_BYTES_MAX, &s->snaplen);
	case OPT_RING_SIZE:
		return number("ring-size", value, RING_MAX_MB, &a->ring_mb);
	case OPT_STATS_INTERVAL:
		return number("stats-interval", value, INTERVAL_MAX_S, &s->stats_interval_s);
	case OPT_MAX_CONNECTIONS:
		return number("max-connections", value, MAX_OF_ANY_TABLE, &s->max_connections);
	case OPT_MAX_DATAGRAMS:
		return number("max-datagrams", value, MAX_OF_ANY_TABLE, &s->max_datagrams);
	case OPT_MAX_SERVERS:
		return number("max-servers", value, MAX_OF_ANY_TABLE, &s->max_servers);
	default:
		return -1;	/* a message has said what is wrong */
	}
}

static int
take_option(struct arguments *a, int name, char *value)
{
	struct watch_settings *s = &a->settings;

	switch (name) {
	case OPT_INTERFACE:
		return add_interface(a, value);
	case OPT_PORTS:
		s->ports = value;
		return 0;
	case OPT_FILTER:
		s->filter = value;
		return 0;
	case OPT_PROMISCUOUS:
	case OPT_NO_PROMISCUOUS:
		s->promiscuous = name == OPT_PROMISCUOUS;
		return 0;
	case OPT_FORMAT:
		s->format = value;
		return 0;
	case OPT_OUTPUT:
		a->outputs[s->output_count++] = value;
		return 0;
	case OPT_RULES:
		a->rules[s->rules_count++] = value;
		return 0;
	case OPT_BASELINE:
		s->baseline = value;
		return 0;
	case OPT_POLICY:
		s->policy = value;
		return 0;
	case OPT_USER:
		s->user = value;
		return 0;
	case OPT_NO_SANDBOX:
		s->sandbox = false;
		return 0;
	case OPT_SANDBOX_CHECK:
		a->check = true;
		return 0;
	case OPTION_HELP:
		a->help = true;
		return 0;
	default:
		return take_number(a, name, value);
	}
}

static int
parse(struct arguments *a, int argc, char **argv)
{
	int name;

	while ((name = options_next("watch", argc, argv, options)) != -1) {
		if (take_option(a, name, optarg) < 0)
			return -1;
	}
	if (a->help || a->check)
		return 0;
	if (optind < argc)
		return usage(argv[optind], "is no option; an interface is named with -i");
	if (a->settings.interface_count == 0)
		return usage("-i INTERFACE", "is missing");
	if (a->named > 0 && a->named < a->settings.interface_count)
		return usage("-i", "needs a NAME= for each interface, or for none");
	return 0;
}

static enum exit_status
run(struct arguments *a)
{
	struct err e = { "" };
	enum exit_status status;

	a->settings.rules = a->rules;
	a->settings.outputs = a->outputs;
	a->settings.ring_bytes = a->ring_mb * MEGABYTE;
	status = watch_run(&a->settings, &e);
	if (e.text[0] != '\0')
		log_warnx("%s", e.text);
	return status;
}

int
cmd_watch(int argc, char **argv)
{
	struct arguments a = { .ring_mb = LIVE_RING_DEFAULT / MEGABYTE, .settings = {
		.workers = 1, .ports = "dialect", .snaplen = LIVE_SNAPLEN_DEFAULT,
		.promiscuous = true, .sandbox = true,
		.stats_interval_s = WATCH_STATS_INTERVAL_S, .silence_s = WATCH_SILENCE_S,
		.max_connections = STREAM_ESTABLISHED_MAX,
		.max_datagrams = FRAGMENTS_DATAGRAMS_MAX,
		.max_servers = BASELINE_SERVERS_DEFAULT } };
	enum exit_status status = EXIT_USAGE;

	a.rules = calloc((size_t)argc + 1, sizeof(*a.rules));
	a.outputs = calloc((size_t)argc + 1, sizeof(*a.outputs));
	if (a.rules == NULL || a.outputs == NULL) {
		log_warn("watch");
		status = EXIT_INTERNAL;
	} else if (parse(&a, argc, argv) == 0) {
		status = a.help ? (enum exit_status)options_help(help) :
		    a.check ? (enum exit_status)sandbox_check_run() : run(&a);
	}
	free(a.rules);
	free(a.outputs);
	return (int)status;
}
