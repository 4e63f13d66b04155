/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/watch.h"

#include <string.h>

#include "base/log.h"
#include "cmd/options.h"
#include "sensor/sandbox_check.h"
#include "sensor/watch.h"

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
    "  --no-learn           do not add to it\n"
    "  --home-net NETWORK   your own networks, such as 192.0.2.0/24; may be repeated. Events\n"
    "                       then have a direction\n"
    "  --excerpts full|verbs|off\n"
    "                       how much of what was said to quote: lines (default), only codes\n"
    "                       and keywords, or nothing\n"
    "  --vlan-track yes|no  do VLANs tell connections apart? (default yes; no where each\n"
    "                       direction has its own)\n"
    "  --quiet-after N      seconds without TCP after which a tap is told of (default 900)\n"
    "  --config FILE        take settings from FILE, too; options win. See\n"
    "                       docs/configuration.md\n"
    "  --stats-interval N   seconds between two statistics (default 60)\n"
    "  --evidence DIR       keep the packets of what was alerted, without secrets, as\n"
    "                       DIR/alerts/FLOW.pcap\n"
    "  --metrics ADDRESS    figures for Prometheus at unix:PATH, 127.0.0.1:PORT or [::1]:PORT:\n"
    "                       /metrics, /healthz, /readyz\n"
    "  --user NAME          become this user, and keep nothing but the right to capture\n"
    "  --no-sandbox         do not lock the processes in\n"
    "  --replace-after N    seconds without a sign of life after which a process is replaced\n"
    "                       (default 30)\n"
    "  --sandbox-check      show what a locked process cannot do any more, and end\n"
    "  --limit NAME=N       make a table larger or smaller; may be repeated;\n"
    "                       --limit help lists them\n"
    "  --max-connections N, --max-datagrams N, --max-servers N\n"
    "                       the same as --limit connections=N and so on\n"
    "  -h, --help           this text\n"
    "\n"
    "SIGTERM and SIGINT end it, with an event for every session that is open. SIGHUP reads\n"
    "rules and policy again and opens output files anew. SIGUSR1 writes statistics now.\n"
    "\n"
    "Exit status: 0 it was told to end, 2 usage, 3 capture, output or internal failure, or\n"
    "something that was seen could not be written by the end, which a message tells.\n";

/* Letters, and from OPT_PORTS on, are settings, which options_set() knows by name. */
enum option_name { OPT_INTERFACE = 'i', OPT_WORKERS = 'w', OPT_SANDBOX_CHECK = 256,
	OPT_PORTS, OPT_FILTER, OPT_SNAPLEN, OPT_RING_SIZE, OPT_PROMISCUOUS, OPT_NO_PROMISCUOUS,
	OPT_VLAN_TRACK, OPT_QUIET_AFTER, OPT_FORMAT, OPT_OUTPUT, OPT_RULES, OPT_BASELINE,
	OPT_NO_LEARN, OPT_POLICY, OPT_HOME_NET, OPT_EXCERPTS, OPT_STATS_INTERVAL,
	OPT_EVIDENCE, OPT_METRICS, OPT_USER, OPT_NO_SANDBOX, OPT_REPLACE_AFTER,
	OPT_MAX_CONNECTIONS, OPT_MAX_DATAGRAMS, OPT_MAX_SERVERS };

static const struct option options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
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
	{ "no-learn", no_argument, NULL, OPT_NO_LEARN },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "home-net", required_argument, NULL, OPT_HOME_NET },
	{ "excerpts", required_argument, NULL, OPT_EXCERPTS },
	{ "vlan-track", required_argument, NULL, OPT_VLAN_TRACK },
	{ "quiet-after", required_argument, NULL, OPT_QUIET_AFTER },
	{ "limit", required_argument, NULL, OPTION_LIMIT },
	{ "stats-interval", required_argument, NULL, OPT_STATS_INTERVAL },
	{ "evidence", required_argument, NULL, OPT_EVIDENCE },
	{ "metrics", required_argument, NULL, OPT_METRICS },
	{ "user", required_argument, NULL, OPT_USER },
	{ "no-sandbox", no_argument, NULL, OPT_NO_SANDBOX },
	{ "replace-after", required_argument, NULL, OPT_REPLACE_AFTER },
	{ "sandbox-check", no_argument, NULL, OPT_SANDBOX_CHECK },
	{ "max-connections", required_argument, NULL, OPT_MAX_CONNECTIONS },
	{ "max-datagrams", required_argument, NULL, OPT_MAX_DATAGRAMS },
	{ "max-servers", required_argument, NULL, OPT_MAX_SERVERS },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
usage(const char *what, const char *why)
{
	log_usage("watch", "%.200s %s; see stripwatch watch --help", what, why);
	return -1;
}

struct arguments {
	struct settings settings;
	struct options_taken taken;
	bool check;
};

static int
take_option(struct arguments *a, int name, const char *value)
{
	if (name != OPT_SANDBOX_CHECK)
		return options_take(&a->taken, name, value);
	a->check = true;
	return 0;
}

static int
parse(struct arguments *a, int argc, char **argv)
{
	struct err e;
	int name;

	if (options_config("watch", argc, argv, options, &a->settings) < 0)
		return -1;
	while ((name = options_next("watch", argc, argv, options)) != -1) {
		if (take_option(a, name, optarg) < 0)
			return -1;
	}
	if (a->check || a->taken.help || a->taken.limits_help)
		return 0;
	if (optind < argc)
		return usage(argv[optind], "is no option; an interface is named with -i");
	if (a->settings.interfaces.count == 0)
		return usage("-i INTERFACE", "is missing");
	if (settings_check(&a->settings, &e) == 0)
		return 0;
	log_usage("watch", "%s", e.text);
	return -1;
}

static enum exit_status
run(const struct arguments *a)
{
	struct err e = { "" };
	enum exit_status status = watch_run(&a->settings, &e);

	if (e.text[0] != '\0')
		log_warnx("%s", e.text);
	return status;
}

int
cmd_watch(int argc, char **argv)
{
	struct arguments a = { .taken = { .command = "watch", .options = options,
		.settings = &a.settings } };
	enum exit_status status = EXIT_USAGE;

	settings_init(&a.settings, SETTINGS_FOR_WATCH);
	if (parse(&a, argc, argv) == 0) {
		status = a.taken.help ? (enum exit_status)options_help(help) :
		    a.taken.limits_help ? (enum exit_status)options_limits_help() :
		    a.check ? (enum exit_status)sandbox_check_run() : run(&a);
	}
	settings_release(&a.settings);
	return (int)status;
}
