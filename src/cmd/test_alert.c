/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/test_alert.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/moment.h"
#include "cmd/options.h"
#include "run/outputs.h"
#include "run/read.h"
#include "run/test_alert.h"

static const char help[] =
    "usage: stripwatch test-alert [OPTIONS]\n"
    "\n"
    "Sends one alert that is marked as a test down every output, whatever they filter,\n"
    "and says for each of them whether it was delivered.\n"
    "\n"
    "  --output SPEC        an output as of stripwatch read; may be repeated (default:\n"
    "                       standard output). Its spool is left alone.\n"
    "  --format eve|ecs|text\n"
    "                       of outputs that say none\n"
    "  --severity LEVEL     high, medium, low, informational (default)\n"
    "  -h, --help           this text\n"
    "\n"
    "The event has alert.signature_id 1 and \"test\": true. Exit status: 0 delivered to all,\n"
    "2 usage, 3 not delivered to all.\n";

enum option_name { OPT_OUTPUT = 256, OPT_FORMAT, OPT_SEVERITY };

static const struct option options[] = {
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "severity", required_argument, NULL, OPT_SEVERITY },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	struct output_spec specs[OUTPUTS_MAX];
	size_t count;
	enum format format;
	unsigned severity;
	bool help;
};

static int
wrong(const struct err *e)
{
	log_usage("test-alert", "%s; see stripwatch test-alert --help", e->text);
	return -1;
}

static int
add_output(struct arguments *a, const char *text)
{
	struct err e, why;

	if (a->count == OUTPUTS_MAX) {
		err_set(&e, "--output: at most %d of them", OUTPUTS_MAX);
		return wrong(&e);
	}
	if (output_spec_parse(&a->specs[a->count], text, &why) < 0) {
		err_set(&e, "--output %.80s: %.300s", text, why.text);
		return wrong(&e);
	}
	a->count++;
	return 0;
}

static int
take_option(struct arguments *a, int name, const char *value)
{
	struct err e, why;

	switch (name) {
	case OPT_OUTPUT:
		return add_output(a, value);
	case OPT_FORMAT:
		if (output_spec_format(value, &a->format, &why) == 0)
			return 0;
		err_set(&e, "--format %.400s", why.text);
		return wrong(&e);
	case OPT_SEVERITY:
		if (output_spec_severity(value, &a->severity, &why) == 0)
			return 0;
		err_set(&e, "--severity %.60s: %.300s", value, why.text);
		return wrong(&e);
	case OPTION_HELP:
		a->help = true;
		return 0;
	default:
		return -1;
	}
}

static int
parse(struct arguments *a, int argc, char **argv)
{
	struct err e;
	int name;

	while ((name = options_next("test-alert", argc, argv, options)) != -1) {
		if (take_option(a, name, optarg) < 0)
			return -1;
	}
	if (a->help)
		return 0;
	if (optind < argc) {
		err_set(&e, "%.200s: it takes options only", argv[optind]);
		return wrong(&e);
	}
	return a->count > 0 ? 0 : add_output(a, "-");
}

/* Each by itself, so that one that fails keeps no other from being tried. */
static int
send_all(struct arguments *a)
{
	char host[256] = "";
	struct test_alert t = { .host = host, .severity = a->severity };
	int status = EXIT_ALL_READ;
	struct err e;

	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = '\0';
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < a->count; i++) {
		t.at_ns = moment_now().wall_s * CLOCK_SECOND_NS;
		if (a->specs[i].format == FORMAT_DEFAULT)
			a->specs[i].format = a->format;
		if (test_alert_send(&t, &a->specs[i], &e) < 0)
			status = EXIT_INTERNAL;
		log_warnx("%s", e.text);
	}
	a->count = 0;	/* they were taken over */
	return status;
}

int
cmd_test_alert(int argc, char **argv)
{
	struct arguments *a = calloc(1, sizeof(*a));
	int status = EXIT_USAGE;

	if (a == NULL) {
		log_warn("test-alert");
		return EXIT_INTERNAL;
	}
	a->severity = 4;
	if (parse(a, argc, argv) == 0)
		status = a->help ? options_help(help) : send_all(a);
	for (size_t i = 0; i < a->count; i++)
		output_spec_release(&a->specs[i]);
	free(a);
	return status;
}
