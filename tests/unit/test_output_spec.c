/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator may write behind --output, and what is said of what he may not. */
#include "unit.h"

#include <stdio.h>

#include "run/output_spec.h"

static struct output_spec
parsed(const char *text)
{
	struct output_spec spec;
	struct err e = { "" };

	if (output_spec_parse(&spec, text, &e) < 0)
		fail_msg("%s", e.text);
	return spec;
}

static void
a_path_is_a_file_whatever_it_holds(void **state)
{
	static const char *const paths[] = { "events.json", "/var/log/eve.json", "a?b=c&d", "50%",
		"file", "file.json:x", "syslog", "-x", "./-", "a:b", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct output_spec spec = parsed(paths[i]);

		assert_int_equal(spec.delivery.sink.kind, SINK_FILE);
		assert_string_equal(spec.delivery.sink.path, paths[i]);
		assert_int_equal(spec.format, FORMAT_DEFAULT);
		assert_int_equal(spec.delivery.sink.rotate_bytes, 0);
		output_spec_release(&spec);
	}
}

static void
nothing_and_a_dash_are_standard_output(void **state)
{
	struct output_spec spec = parsed(NULL);

	(void)state;
	assert_int_equal(spec.delivery.sink.kind, SINK_STANDARD);
	output_spec_release(&spec);
	spec = parsed("-");
	assert_int_equal(spec.delivery.sink.kind, SINK_STANDARD);
	output_spec_release(&spec);
	spec = parsed("-?format=ecs");
	assert_int_equal(spec.delivery.sink.kind, SINK_STANDARD);
	assert_int_equal(spec.format, FORMAT_ECS);
	output_spec_release(&spec);
}

static void
sockets_have_a_place(void **state)
{
	static const struct {
		const char *text;
		enum sink_kind kind;
		const char *path, *host, *port;
	} rows[] = {
		{ "unix:/run/x.sock", SINK_UNIX_STREAM, "/run/x.sock", NULL, NULL },
		{ "unix+dgram:x.sock", SINK_UNIX_DATAGRAM, "x.sock", NULL, NULL },
		{ "unix:/run/with%3fquestion%25", SINK_UNIX_STREAM, "/run/with?question%", NULL,
		    NULL },
		{ "syslog:/dev/log", SINK_SYSLOG_LOCAL, "/dev/log", NULL, NULL },
		{ "syslog+udp:log.example", SINK_SYSLOG_UDP, NULL, "log.example", "514" },
		{ "syslog+udp:192.0.2.1:5514", SINK_SYSLOG_UDP, NULL, "192.0.2.1", "5514" },
		{ "syslog+tcp:log.example", SINK_SYSLOG_TCP, NULL, "log.example", "601" },
		{ "syslog+tls:log.example", SINK_SYSLOG_TLS, NULL, "log.example", "6514" },
		{ "syslog+tls:[2001:db8::1]:1", SINK_SYSLOG_TLS, NULL, "2001:db8::1", "1" },
		{ "syslog+tcp:[::1]", SINK_SYSLOG_TCP, NULL, "::1", "601" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct output_spec spec = parsed(rows[i].text);
		const struct sink_settings *sink = &spec.delivery.sink;

		assert_int_equal(sink->kind, rows[i].kind);
		if (rows[i].path != NULL) {
			assert_string_equal(sink->path, rows[i].path);
		} else {
			assert_string_equal(sink->host, rows[i].host);
			assert_string_equal(sink->port, rows[i].port);
		}
		output_spec_release(&spec);
	}
}

static void
keys_set_what_they_say(void **state)
{
	struct output_spec spec = parsed("file:/var/a?size=100M&age=1d&keep=3&types=alert,stats&"
	    "severity=2&format=ecs&name=siem-1&spool=/x/y%26z&spool-size=1G&queue=64K");

	(void)state;
	assert_int_equal(spec.delivery.sink.rotate_bytes, 100 << 20);
	assert_int_equal(spec.delivery.sink.rotate_s, 86400);
	assert_int_equal(spec.delivery.sink.keep, 3);
	assert_int_equal(spec.types, 1 << EVENT_ALERT | 1 << EVENT_STATS);
	assert_int_equal(spec.severity, 2);
	assert_int_equal(spec.format, FORMAT_ECS);
	assert_string_equal(spec.name, "siem-1");
	assert_string_equal(spec.delivery.spool, "/x/y&z");
	assert_int_equal(spec.delivery.spool_bytes, 1 << 30);
	assert_int_equal(spec.delivery.queue_bytes, 64 << 10);
	output_spec_release(&spec);

	spec = parsed("syslog+tls:log.example?facility=local3&ca=a.pem&cert=b.pem&key=c.pem&"
	    "peer=other.example&severity=high");
	assert_int_equal(spec.delivery.facility, 19);
	assert_string_equal(spec.delivery.sink.ca, "a.pem");
	assert_string_equal(spec.delivery.sink.cert, "b.pem");
	assert_string_equal(spec.delivery.sink.key, "c.pem");
	assert_string_equal(spec.delivery.sink.peer_name, "other.example");
	assert_int_equal(spec.severity, 1);
	output_spec_release(&spec);
}

static void
what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "file:", "say a path" },
		{ "unix:?format=eve", "say a path" },
		{ "syslog+tcp:", "host" },
		{ "syslog+tcp::514", "host" },
		{ "syslog+tcp:a:0", "port" },
		{ "syslog+tcp:a:65536", "port" },
		{ "syslog+tcp:a:", "port" },
		{ "syslog+tcp:a:syslog", "port" },
		{ "syslog+tcp:2001:db8::1", "brackets" },
		{ "syslog+tcp:[::1", "]" },
		{ "syslog+tcp:[::1]x", "PORT" },
		{ "file:a?", "KEY=VALUE" },
		{ "file:a?size", "size: a key wants a value" },
		{ "file:a?size=", "size: say bytes" },
		{ "file:a?size=1T", "size: say bytes" },
		{ "file:a?size=1MB", "size: say bytes" },
		{ "file:a?size=-1", "size: say bytes" },
		{ "file:a?size=100", "from 1024" },
		{ "file:a?size=99999999999999999999", "size: say bytes" },
		{ "file:a?age=1y", "age: say a time" },
		{ "file:a?age=0", "age: say a time" },
		{ "file:a?age=400d", "age: say a time" },
		{ "file:a?patience=0", "patience: say a time" },
		{ "file:a?keep=1001", "keep: say a number" },
		{ "file:a?types=alerts", "types: say a list" },
		{ "file:a?types=", "types: say a list" },
		{ "file:a?severity=0", "severity: say high" },
		{ "file:a?severity=22", "severity: say high" },
		{ "file:a?format=json", "format: json: say eve" },
		{ "file:a?name=", "name: say" },
		{ "file:a?name=Big", "name: say" },
		{ "file:a?name=a.b", "name: say" },
		{ "file:a?name=abcdefghijklmnopqrstuvwxyz0123456789", "name: say" },
		{ "file:a?colour=red", "colour: there is no such key" },
		{ "file:a?ca=x", "ca: this kind of output knows no such key" },
		{ "syslog+tcp:a?cert=x", "cert: this kind" },
		{ "unix:a?size=1M", "size: this kind" },
		{ "-?size=1M", "size: this kind" },
		{ "syslog:a?facility=mine", "facility: say" },
		{ "syslog+tls:a?cert=x", "key is missing" },
		{ "syslog+tls:a?key=x", "cert is missing" },
		{ "syslog+udp:a?format=text", "text is for people" },
		{ "file:a%", "two hexadecimal digits" },
		{ "file:a%0", "two hexadecimal digits" },
		{ "file:a%00", "two hexadecimal digits" },
		{ "file:a?spool=%zz", "two hexadecimal digits" },
		{ "file:a?spool=", "spool: say a path" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct output_spec spec;
		struct err e = { "" };

		if (output_spec_parse(&spec, rows[i].text, &e) == 0)
			fail_msg("\"%s\" was taken", rows[i].text);
		if (strstr(e.text, rows[i].said) == NULL)
			fail_msg("\"%s\": %s", rows[i].text, e.text);
	}
}

static void
a_filter_lets_through_what_it_says(void **state)
{
	struct output_spec spec = parsed("-?format=eve&types=alert,stats&severity=medium");
	struct event_line line = { .type = EVENT_STATS, .format = FORMAT_EVE };

	(void)state;
	assert_true(output_spec_takes(&spec, &line));
	line.format = FORMAT_ECS;
	assert_false(output_spec_takes(&spec, &line));
	line.format = FORMAT_EVE;
	line.type = EVENT_SESSION;
	assert_false(output_spec_takes(&spec, &line));
	line.type = EVENT_ALERT;
	for (line.severity = 1; line.severity <= 4; line.severity++)
		assert_int_equal(output_spec_takes(&spec, &line), line.severity <= 2);
	output_spec_release(&spec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_a_file_whatever_it_holds),
		cmocka_unit_test(nothing_and_a_dash_are_standard_output),
		cmocka_unit_test(sockets_have_a_place),
		cmocka_unit_test(keys_set_what_they_say),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_filter_lets_through_what_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
