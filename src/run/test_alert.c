/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/test_alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "event/ecs.h"
#include "event/eve.h"
#include "event/json.h"
#include "event/text.h"
#include "run/outputs.h"

static const char *const reasons[] = { "Somebody called \"stripwatch test-alert\" on this sensor" };

static const struct rule test_rule = {
	.id = "7a0c1f0e-55d3-4b65-9a0e-1d1f5c6b0001",
	.title = "Test of an output: nothing happened",
	.sid = TEST_ALERT_SID,
	.rev = 1,
	.level = RULE_INFORMATIONAL,
	.category = CATEGORY_POLICY,
	.technique = TECHNIQUE_NONE,
	.falsepositives = { 1, reasons },
};

static struct record
test_record(int64_t at_ns)
{
	struct record r = { .seen = { .serial = 1 } };
	struct observation *o = &r.seen;

	o->flow.tuple.addr[SIDE_CLIENT] = (struct address){ 4, { 192, 0, 2, 1 } };
	o->flow.tuple.addr[SIDE_SERVER] = (struct address){ 4, { 198, 51, 100, 1 } };
	o->flow.tuple.port[SIDE_CLIENT] = 49152;
	o->flow.tuple.port[SIDE_SERVER] = 25;
	o->flow.first.at_ns = o->flow.last.at_ns = o->at.at_ns = at_ns;
	o->flow.id = flow_identifier(&o->flow.tuple, at_ns);
	text_copy(o->dialect, sizeof(o->dialect), "smtp");
	text_copy(o->server_name, sizeof(o->server_name), "test.example");
	o->mark_count = 1;
	o->marks[0] = (struct mark){ .kind = MARK_BANNER, .from = SIDE_SERVER,
		.ref = { .at_ns = at_ns } };
	text_copy(o->marks[0].text, sizeof(o->marks[0].text),
	    "This event was made by \"stripwatch test-alert\".");
	return r;
}

static struct json_object *
test_eve(const struct alert *alert, const struct origin *origin)
{
	struct json_object *eve = eve_alert(alert, origin), *yes = json_object_new_array();

	json_object_object_del(eve, "pcap_cnt");
	json_put(eve, "test", json_object_new_boolean(1));
	json_object_array_add(yes, json_object_new_string("true"));
	json_put(eve, "alert.metadata.test", yes);
	return eve;
}

static char *
json_text(const struct alert *alert, const struct origin *origin, bool ecs)
{
	struct json_object *event = test_eve(alert, origin), *same;
	size_t n;
	char *text;

	if (ecs) {
		same = ecs_from_eve(event);
		json_object_put(event);
		event = same;
	}
	text = strdup(json_line(event, &n));
	json_object_put(event);
	return text;
}

char *
test_alert_text(const struct test_alert *t, enum format format)
{
	struct record record = test_record(t->at_ns);
	struct alert alert = { .record = &record, .rule = &test_rule, .severity = t->severity };
	struct origin origin = { .host = t->host };
	char *text = NULL;
	size_t n;
	FILE *out;

	if (format != FORMAT_TEXT && format != FORMAT_COLOUR)
		return json_text(&alert, &origin, format == FORMAT_ECS);
	out = open_memstream(&text, &n);
	if (out == NULL)
		return NULL;
	text_alert(out, &alert, &origin, format == FORMAT_COLOUR);
	fclose(out);
	if (n > 0)
		text[n - 1] = '\0';	/* the end of the line is put there on the way out */
	return text;
}

/* What it means that it has been delivered. */
static const char *
meaning(enum sink_kind kind, bool datagram)
{
	if (kind == SINK_SYSLOG_UDP)
		return "sent; UDP does not tell whether it arrived";
	if (datagram)
		return "delivered into the receiver's socket";
	if (kind == SINK_SYSLOG_TCP || kind == SINK_SYSLOG_TLS)
		return "delivered; the other system has acknowledged it";
	return kind == SINK_UNIX_STREAM || kind == SINK_SYSLOG_LOCAL ?
	    "delivered; the receiver has read it" : "written";
}

static int
send_it(const struct test_alert *t, struct outputs *o, struct err *e)
{
	const struct delivery *d = outputs_at(o, 0);
	struct event_line line = { .type = EVENT_ALERT, .severity = t->severity,
		.at_ns = t->at_ns, .format = outputs_spec(o, 0)->format };
	char *text = test_alert_text(t, line.format);
	const struct sink *sink = delivery_sink(d);
	struct err why = { "it was dropped" };

	if (text == NULL)
		return err_set_errno(e, "%s", sink_label(sink));
	line.text = span_text(text);
	outputs_take_one(o, 0, &line);
	outputs_wait(o, -1);
	free(text);
	if (delivery_written(d) == 1) {
		err_set(e, "%s: %s", sink_label(sink),
		    meaning(outputs_spec(o, 0)->delivery.sink.kind, sink_is_datagram(sink)));
		return 0;
	}
	(void)delivery_gave_up(d, &why);
	return err_set(e, "%.400s; NOT delivered", why.text);
}

int
test_alert_send(const struct test_alert *t, struct output_spec *spec, struct err *e)
{
	struct outputs_settings set = { .host = t->host, .live = true, .patient = true };
	struct outputs *o;
	struct err why;
	int result;

	/* it may be in use by the sensor, and a test that waits for its turn is none */
	spec->delivery.spool = NULL;
	o = outputs_open(spec, 1, &set, &why);
	if (o == NULL)
		return err_set(e, "%.400s; NOT delivered", why.text);
	result = send_it(t, o, e);
	outputs_free(&o);
	return result;
}
