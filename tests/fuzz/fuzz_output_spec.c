/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as the description of an output: taken with everything set, or refused in words. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "run/output_spec.h"

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
check(const struct output_spec *spec)
{
	const struct sink_settings *sink = &spec->delivery.sink;
	bool network = sink->kind == SINK_SYSLOG_UDP || sink->kind == SINK_SYSLOG_TCP ||
	    sink->kind == SINK_SYSLOG_TLS;

	must(network == (sink->host != NULL && sink->port != NULL));
	must(!network || (sink->host[0] != '\0' && sink->port[0] != '\0'));
	must((sink->path != NULL) == (!network && sink->kind != SINK_STANDARD));
	must(spec->format < FORMATS && spec->severity <= 4 && spec->types < 1U << EVENT_TYPES);
	must(spec->delivery.queue_bytes > 0 && spec->delivery.spool_bytes > 0);
	must(strlen(spec->name) < OUTPUT_NAME_SIZE && spec->delivery.facility < 24);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct output_spec spec;
	struct err e = { "" };

	must(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (output_spec_parse(&spec, text, &e) == 0) {
		check(&spec);
		output_spec_release(&spec);
	} else {
		must(e.text[0] != '\0' && spec.text == NULL);
	}
	free(text);
	return 0;
}
