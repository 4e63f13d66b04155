/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/output_spec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/output_target.h"
#include "run/quantity.h"
#include "sink/spool.h"

enum {
	KEEP_DEFAULT = 7, KEEP_MAX = 1000,
	FACILITY_DEFAULT = 3,		/* daemon */
	QUEUE_DEFAULT = 4 << 20, QUEUE_MAX = 1 << 30, QUEUE_MIN = 64 << 10,
};

#define SPOOL_DEFAULT (UINT64_C(64) << 20)
#define SPOOL_MAX (UINT64_C(1) << 40)
#define ROTATE_MIN UINT64_C(1024)
#define PATIENCE_DEFAULT_S 10
#define PATIENCE_MAX_S 86400
#define AGE_MAX_S (INT64_C(366) * 86400)

int
output_spec_format(const char *name, enum format *format_r, struct err *e)
{
	if (strcmp(name, "eve") == 0)
		*format_r = FORMAT_EVE;
	else if (strcmp(name, "ecs") == 0)
		*format_r = FORMAT_ECS;
	else if (strcmp(name, "text") == 0)
		*format_r = FORMAT_TEXT;
	else
		return err_set(e, "%.60s: say eve, ecs or text", name);
	return 0;
}

int
output_spec_severity(const char *word, unsigned *severity_r, struct err *e)
{
	static const char *const words[] = { "high", "medium", "low", "informational" };

	for (unsigned i = 0; i < 4; i++) {
		bool number = word[0] == (char)('1' + i) && word[1] == '\0';

		if (number || strcmp(word, words[i]) == 0) {
			*severity_r = i + 1;
			return 0;
		}
	}
	return err_set(e, "say high, medium, low or informational, or 1 to 4");
}

/* --- Keys: each takes its value, 0 or -1 with *e set to what it should have been. --- */

static int
set_name(struct output_spec *spec, char *value, struct err *e)
{
	size_t n = strlen(value);

	if (n == 0 || n >= sizeof(spec->name) ||
	    strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-") != n)
		return err_set(e, "say 1 to %zu of a-z, 0-9, _ and -", sizeof(spec->name) - 1);
	memcpy(spec->name, value, n + 1);
	return 0;
}

static int
set_format(struct output_spec *spec, char *value, struct err *e)
{
	return output_spec_format(value, &spec->format, e);
}

static int
set_types(struct output_spec *spec, char *value, struct err *e)
{
	char *rest = value, *word;

	spec->types = 0;
	while ((word = strsep(&rest, ",")) != NULL) {
		int type = 0;

		while (type < EVENT_TYPES &&
		    strcmp(word, event_type_name((enum event_type)type)) != 0)
			type++;
		if (type == EVENT_TYPES)
			return err_set(e, "say a list of session, alert and stats");
		spec->types |= 1U << type;
	}
	return 0;
}

static int
set_severity(struct output_spec *spec, char *value, struct err *e)
{
	return output_spec_severity(value, &spec->severity, e);
}

static int
set_queue(struct output_spec *spec, char *value, struct err *e)
{
	uint64_t bytes;

	if (quantity_bytes(value, QUEUE_MIN, QUEUE_MAX, &bytes, e) < 0)
		return -1;
	spec->delivery.queue_bytes = bytes;
	return 0;
}

static int
set_spool(struct output_spec *spec, char *value, struct err *e)
{
	spec->delivery.spool = value;
	return value[0] != '\0' ? 0 : err_set(e, "say a path");
}

static int
set_spool_size(struct output_spec *spec, char *value, struct err *e)
{
	return quantity_bytes(value, SPOOL_BYTES_MIN, SPOOL_MAX, &spec->delivery.spool_bytes, e);
}

static int
set_patience(struct output_spec *spec, char *value, struct err *e)
{
	return quantity_seconds(value, 1, PATIENCE_MAX_S, &spec->patience_s, e);
}

static int
set_size(struct output_spec *spec, char *value, struct err *e)
{
	return quantity_bytes(value, ROTATE_MIN, SPOOL_MAX, &spec->delivery.sink.rotate_bytes, e);
}

static int
set_age(struct output_spec *spec, char *value, struct err *e)
{
	return quantity_seconds(value, 1, AGE_MAX_S, &spec->delivery.sink.rotate_s, e);
}

static int
set_keep(struct output_spec *spec, char *value, struct err *e)
{
	uint64_t number;

	if (quantity_number(value, 0, KEEP_MAX, &number, e) < 0)
		return -1;
	spec->delivery.sink.keep = (unsigned)number;
	return 0;
}

static int
set_facility(struct output_spec *spec, char *value, struct err *e)
{
	int facility = frame_facility(span_text(value));

	if (facility < 0)
		return err_set(e, "say a facility of syslog, such as daemon or local0");
	spec->delivery.facility = (unsigned)facility;
	return 0;
}

static int
set_ca(struct output_spec *spec, char *value, struct err *e)
{
	spec->delivery.sink.ca = value;
	return value[0] != '\0' ? 0 : err_set(e, "say a file of certificates");
}

static int
set_cert(struct output_spec *spec, char *value, struct err *e)
{
	spec->delivery.sink.cert = value;
	return value[0] != '\0' ? 0 : err_set(e, "say a file with a certificate");
}

static int
set_key(struct output_spec *spec, char *value, struct err *e)
{
	spec->delivery.sink.key = value;
	return value[0] != '\0' ? 0 : err_set(e, "say a file with a key");
}

static int
set_peer(struct output_spec *spec, char *value, struct err *e)
{
	spec->delivery.sink.peer_name = value;
	return value[0] != '\0' ? 0 : err_set(e, "say the name in the server's certificate");
}

/* For which outputs a key means something. */
enum { FOR_ALL = 0, FOR_FILE = 1 << SINK_FILE, FOR_TLS = 1 << SINK_SYSLOG_TLS,
	FOR_SYSLOG = 1 << SINK_SYSLOG_LOCAL | 1 << SINK_SYSLOG_UDP | 1 << SINK_SYSLOG_TCP |
	    FOR_TLS };

static const struct {
	const char *key;
	unsigned kinds;
	int (*set)(struct output_spec *spec, char *value, struct err *e);
} keys[] = {
	{ "name", FOR_ALL, set_name },
	{ "format", FOR_ALL, set_format },
	{ "types", FOR_ALL, set_types },
	{ "severity", FOR_ALL, set_severity },
	{ "queue", FOR_ALL, set_queue },
	{ "spool", FOR_ALL, set_spool },
	{ "spool-size", FOR_ALL, set_spool_size },
	{ "patience", FOR_ALL, set_patience },
	{ "size", FOR_FILE, set_size },
	{ "age", FOR_FILE, set_age },
	{ "keep", FOR_FILE, set_keep },
	{ "facility", FOR_SYSLOG, set_facility },
	{ "ca", FOR_TLS, set_ca },
	{ "cert", FOR_TLS, set_cert },
	{ "key", FOR_TLS, set_key },
	{ "peer", FOR_TLS, set_peer },
};

int
output_spec_set(struct output_spec *spec, const char *key, char *value, struct err *e)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct err why;

		if (strcmp(keys[i].key, key) != 0)
			continue;
		if (keys[i].kinds != FOR_ALL &&
		    (keys[i].kinds >> spec->delivery.sink.kind & 1) == 0)
			return err_set(e, "%s: this kind of output knows no such key", key);
		if (keys[i].set(spec, value, &why) == 0)
			return 0;
		return err_set(e, "%s: %.400s", key, why.text);
	}
	return err_set(e, "%.60s: there is no such key; docs/outputs.md has all of them", key);
}

int
output_spec_check(const struct output_spec *spec, struct err *e)
{
	const struct sink_settings *sink = &spec->delivery.sink;

	if (spec->format == FORMAT_TEXT && sink->kind != SINK_STANDARD && sink->kind != SINK_FILE)
		return err_set(e, "format: text is for people; such an output takes eve or ecs");
	if ((sink->cert != NULL) != (sink->key != NULL))
		return err_set(e, "%s is missing: cert and key go together",
		    sink->cert != NULL ? "key" : "cert");
	return 0;
}

static int
set_keys(struct output_spec *spec, char *rest, struct err *e)
{
	char *pair, *value;

	while ((pair = strsep(&rest, "&")) != NULL) {
		value = strchr(pair, '=');
		if (value == NULL)
			return err_set(e, "%.60s: a key wants a value (KEY=VALUE)", pair);
		*value++ = '\0';
		if (output_target_decode(value, e) < 0 || output_spec_set(spec, pair, value, e) < 0)
			return -1;
	}
	return 0;
}

int
output_spec_parse(struct output_spec *spec_r, const char *text, struct err *e)
{
	struct delivery_settings *d = &spec_r->delivery;
	struct err why = { "" };
	char *key_part;

	*spec_r = (struct output_spec){ .text = strdup(text != NULL ? text : "-"),
		.patience_s = PATIENCE_DEFAULT_S };
	if (spec_r->text == NULL)
		return err_set_errno(e, "--output");
	*d = (struct delivery_settings){ .facility = FACILITY_DEFAULT,
		.queue_bytes = QUEUE_DEFAULT, .spool_bytes = SPOOL_DEFAULT,
		.give_up_ns = INT64_MAX };
	d->sink.keep = KEEP_DEFAULT;
	if (output_target_parse(&d->sink, spec_r->text, &key_part, &why) == 0 &&
	    (key_part == NULL || set_keys(spec_r, key_part, &why) == 0) &&
	    output_spec_check(spec_r, &why) == 0)
		return 0;
	output_spec_release(spec_r);
	return err_set(e, "%.400s", why.text);
}

bool
output_spec_takes(const struct output_spec *spec, const struct event_line *line)
{
	if (spec->format != line->format ||
	    (spec->types != 0 && (spec->types >> line->type & 1) == 0))
		return false;
	return line->type != EVENT_ALERT || spec->severity == 0 ||
	    line->severity <= spec->severity;
}

void
output_spec_release(struct output_spec *spec)
{
	free(spec->text);
	spec->text = NULL;
}
