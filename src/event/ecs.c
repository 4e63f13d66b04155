/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/ecs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/eve.h"
#include "event/json.h"

enum { NAME_SIZE = 128, TEXT_SIZE = 320, TARGETS_MAX = 2, DEPTH_MAX = 8 };

static const char own[] = "stripwatch";

/* How a value changes on its way. */
enum change {
	AS_IT_IS,
	AS_TEXT,	/* a number that ECS calls a keyword */
	AS_TIME,	/* with "Z" for UTC */
	AS_LOWER,
	AS_HASH,	/* capitals, no colons */
	AS_TLS_VERSION,	/* "TLS 1.2" is version 1.2 of protocol tls */
	AS_NANOSECONDS,
	AS_FIRST,	/* of a list of one */
};

/* What has a place in ECS. A field that is not here stands under our own name. */
static const struct place {
	const char *eve;
	const char *ecs[TARGETS_MAX];
	enum change change;
} places[] = {
	{ "timestamp", { "@timestamp" }, AS_TIME },
	{ "host", { "observer.hostname" }, AS_IT_IS },
	{ "in_iface", { "observer.ingress.interface.name" }, AS_IT_IS },
	{ "community_id", { "network.community_id" }, AS_IT_IS },
	{ "src_ip", { "source.ip", "client.ip" }, AS_IT_IS },
	{ "src_port", { "source.port", "client.port" }, AS_IT_IS },
	{ "dest_ip", { "destination.ip", "server.ip" }, AS_IT_IS },
	{ "dest_port", { "destination.port", "server.port" }, AS_IT_IS },
	{ "proto", { "network.transport" }, AS_LOWER },
	{ "direction", { "network.direction" }, AS_IT_IS },
	{ "app_proto", { "network.protocol", "stripwatch.app_proto" }, AS_IT_IS },
	{ "starttls.established", { "tls.established", "stripwatch.starttls.established" },
	    AS_IT_IS },
	{ "tls.version", { "tls.version" }, AS_TLS_VERSION },
	{ "tls.cipher", { "tls.cipher" }, AS_IT_IS },
	{ "tls.sni", { "tls.client.server_name", "destination.domain" }, AS_IT_IS },
	{ "tls.ja3.hash", { "tls.client.ja3" }, AS_IT_IS },
	{ "tls.ja3s.hash", { "tls.server.ja3s" }, AS_IT_IS },
	{ "tls.subject", { "tls.server.subject" }, AS_IT_IS },
	{ "tls.issuerdn", { "tls.server.issuer" }, AS_IT_IS },
	{ "tls.fingerprint_sha256", { "tls.server.hash.sha256" }, AS_HASH },
	{ "tls.notafter", { "tls.server.not_after" }, AS_TIME },
	{ "flow.pkts_toserver", { "source.packets", "client.packets" }, AS_IT_IS },
	{ "flow.pkts_toclient", { "destination.packets", "server.packets" }, AS_IT_IS },
	{ "flow.bytes_toserver", { "source.bytes", "client.bytes" }, AS_IT_IS },
	{ "flow.bytes_toclient", { "destination.bytes", "server.bytes" }, AS_IT_IS },
	{ "flow.start", { "event.start" }, AS_TIME },
	{ "flow.end", { "event.end" }, AS_TIME },
	{ "flow.age", { "event.duration" }, AS_NANOSECONDS },
	{ "server.history.first_seen", { "stripwatch.server.history.first_seen" }, AS_TIME },
	{ "server.history.last_seen", { "stripwatch.server.history.last_seen" }, AS_TIME },
	{ "alert.signature_id", { "rule.id" }, AS_TEXT },
	{ "alert.rev", { "rule.version" }, AS_TEXT },
	{ "alert.signature", { "rule.name", "message" }, AS_IT_IS },
	{ "alert.category", { "rule.category" }, AS_IT_IS },
	{ "alert.severity", { "event.severity" }, AS_IT_IS },
	{ "alert.metadata.rule", { "rule.uuid" }, AS_FIRST },
	{ "alert.metadata.technique", { "event.action", "stripwatch.alert.technique" }, AS_FIRST },
	{ "alert.metadata.confidence", { "stripwatch.alert.confidence" }, AS_FIRST },
	{ "alert.metadata.mitre_technique_id", { "threat.technique.id" }, AS_IT_IS },
};

static const struct place *
place_of(const char *eve_name)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (strcmp(places[i].eve, eve_name) == 0)
			return &places[i];
	}
	return NULL;
}

const char *
ecs_name_of(const char *eve_name)
{
	const struct place *place = place_of(eve_name);

	return place != NULL ? place->ecs[0] : NULL;
}

/* --- Values --- */

/* "2026-11-23T16:37:48.123456+0000" or without the end: the same in the way of RFC 3339. */
static struct json_object *
time_value(const char *text)
{
	char time[TEXT_SIZE];

	snprintf(time, sizeof(time), "%.*sZ", (int)strcspn(text, "+Z"), text);
	return json_object_new_string(time);
}

static struct json_object *
folded_value(const char *text, int fold(int), char left_out)
{
	char folded[TEXT_SIZE];
	size_t n = 0;

	for (; *text != '\0' && n + 1 < sizeof(folded); text++) {
		if (*text != left_out)
			folded[n++] = (char)fold((unsigned char)*text);
	}
	folded[n] = '\0';
	return json_object_new_string(folded);
}

/* "TLS 1.2", "TLSv1", "SSLv3": the number with a point in it. */
static struct json_object *
version_value(const char *text)
{
	const char *digits = text + strcspn(text, "0123456789");
	int n = (int)strspn(digits, "0123456789.");
	char number[16];

	if (n == 0)
		return NULL;
	snprintf(number, sizeof(number), "%.*s%s", n < 8 ? n : 8, digits,
	    memchr(digits, '.', (size_t)n) != NULL ? "" : ".0");
	return json_object_new_string(number);
}

/* The value as ECS wants it: a new reference, or NULL to leave it out. */
static struct json_object *
changed(struct json_object *value, enum change change)
{
	const char *text = json_object_get_string(value);

	switch (change) {
	case AS_TEXT:
		return json_object_new_string(text);
	case AS_TIME:
		return time_value(text);
	case AS_LOWER:
		return folded_value(text, tolower, '\0');
	case AS_HASH:
		return folded_value(text, toupper, ':');
	case AS_TLS_VERSION:
		return version_value(text);
	case AS_NANOSECONDS:
		return json_object_new_int64(json_object_get_int64(value) * 1000000000);
	case AS_FIRST:
		return json_object_get(json_object_array_get_idx(value, 0));
	case AS_IT_IS:
		break;
	}
	return json_object_get(value);
}

/* --- One event --- */

static struct json_object *
list_of(const char *first, const char *second)
{
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, json_object_new_string(first));
	if (second != NULL)
		json_object_array_add(list, json_object_new_string(second));
	return list;
}

/* Times in lists of objects (evidence) are times, too. */
static struct json_object *
list_with_times(struct json_object *list)
{
	struct json_object *copy = NULL, *time;

	if (json_object_deep_copy(list, &copy, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < json_object_array_length(copy); i++) {
		struct json_object *item = json_object_array_get_idx(copy, i);

		if (json_object_is_type(item, json_type_object) &&
		    json_object_object_get_ex(item, "time", &time))
			json_object_object_add(item, "time",
			    time_value(json_object_get_string(time)));
	}
	return copy;
}

/* What has no place in ECS. */
static void
put_own(struct json_object *ecs, const char *name, struct json_object *value)
{
	char path[NAME_SIZE + sizeof(own) + 1];

	snprintf(path, sizeof(path), "%s.%s", own, name);
	json_put(ecs, path, json_object_is_type(value, json_type_array) ?
	    list_with_times(value) : json_object_get(value));
}

static void
put_value(struct json_object *ecs, const char *name, struct json_object *value)
{
	const struct place *place = place_of(name);

	if (place == NULL) {
		put_own(ecs, name, value);
		return;
	}
	for (int i = 0; i < TARGETS_MAX && place->ecs[i] != NULL; i++) {
		struct json_object *as = changed(value, place->change);

		if (as != NULL)
			json_put(ecs, place->ecs[i], as);
	}
}

static void
put_all(struct json_object *ecs, const char *prefix, struct json_object *object, int depth)
{
	struct json_object_iterator at = json_object_iter_begin(object),
	    end = json_object_iter_end(object);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		struct json_object *value = json_object_iter_peek_value(&at);
		char name[NAME_SIZE];

		snprintf(name, sizeof(name), "%s%s%s", prefix, prefix[0] != '\0' ? "." : "",
		    json_object_iter_peek_name(&at));
		if (json_object_is_type(value, json_type_object) && depth < DEPTH_MAX)
			put_all(ecs, name, value, depth + 1);
		else
			put_value(ecs, name, value);
	}
}

static int64_t
number_at(struct json_object *object, const char *room, const char *name)
{
	struct json_object *inner, *value;

	if (json_object_object_get_ex(object, room, &inner) &&
	    json_object_object_get_ex(inner, name, &value))
		return json_object_get_int64(value);
	return 0;
}

/* What ECS wants of a connection beside its parts. */
static void
put_network(struct json_object *ecs, struct json_object *eve)
{
	struct json_object *source, *destination, *vlan, *tls, *version, *network, *protocol;

	if (!json_object_object_get_ex(eve, "src_ip", &source) ||
	    !json_object_object_get_ex(eve, "dest_ip", &destination))
		return;
	json_put_text(ecs, "network.type",
	    strchr(json_object_get_string(source), ':') != NULL ? "ipv6" : "ipv4");
	json_put_number(ecs, "network.bytes", (uint64_t)(number_at(ecs, "source", "bytes") +
	    number_at(ecs, "destination", "bytes")));
	json_put_number(ecs, "network.packets", (uint64_t)(number_at(ecs, "source", "packets") +
	    number_at(ecs, "destination", "packets")));
	json_put(ecs, "related.ip", list_of(json_object_get_string(source),
	    json_object_get_string(destination)));
	/* no name of a protocol */
	if (json_object_object_get_ex(ecs, "network", &network) &&
	    json_object_object_get_ex(network, "protocol", &protocol) &&
	    strcmp(json_object_get_string(protocol), "unknown") == 0)
		json_object_object_del(network, "protocol");
	if (json_object_object_get_ex(eve, "vlan", &vlan)) {
		json_put(ecs, "network.vlan.id",
		    changed(json_object_array_get_idx(vlan, 0), AS_TEXT));
		if (json_object_array_length(vlan) > 1)
			json_put(ecs, "network.inner.vlan.id",
			    changed(json_object_array_get_idx(vlan, 1), AS_TEXT));
	}
	if (json_object_object_get_ex(eve, "tls", &tls) &&
	    json_object_object_get_ex(tls, "version", &version))
		json_put_text(ecs, "tls.version_protocol",
		    strncmp(json_object_get_string(version), "SSL", 3) == 0 ? "ssl" : "tls");
}

/* Techniques of ATT&CK: a part of one (T1557.002) has a field of its own. */
static void
put_threat(struct json_object *ecs)
{
	struct json_object *threat, *technique, *ids, *wholes, *parts;

	if (!json_object_object_get_ex(ecs, "threat", &threat) ||
	    !json_object_object_get_ex(threat, "technique", &technique) ||
	    !json_object_object_get_ex(technique, "id", &ids))
		return;
	json_put_text(ecs, "threat.framework", "MITRE ATT&CK");
	wholes = json_object_new_array();
	parts = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(ids); i++) {
		const char *id = json_object_get_string(json_object_array_get_idx(ids, i));
		size_t whole = strcspn(id, ".");

		json_object_array_add(wholes, json_object_new_string_len(id, (int)whole));
		if (id[whole] != '\0')
			json_object_array_add(parts, json_object_new_string(id));
	}
	json_object_object_add(technique, "id", wholes);
	if (json_object_array_length(parts) > 0)
		json_put(ecs, "threat.technique.subtechnique.id", parts);
	else
		json_object_put(parts);
}

/* Which kind of event ECS calls this. */
static void
put_kind(struct json_object *ecs, const char *type)
{
	char dataset[NAME_SIZE];
	bool alert = strcmp(type, "alert") == 0, session = strcmp(type, "session") == 0;

	snprintf(dataset, sizeof(dataset), "%s.%s", own, type);
	json_put_text(ecs, "ecs.version", "8.11.0");
	json_put_text(ecs, "event.module", own);
	json_put_text(ecs, "event.dataset", dataset);
	json_put_text(ecs, "event.kind", alert ? "alert" : session ? "event" : "metric");
	if (alert || session) {
		json_put(ecs, "event.category",
		    alert ? list_of("network", "intrusion_detection") : list_of("network", NULL));
		json_put(ecs, "event.type",
		    alert ? list_of("info", NULL) : list_of("connection", "end"));
	}
	json_put_text(ecs, "observer.type", "ids");
	json_put_text(ecs, "observer.product", own);
	if (alert)
		json_put_text(ecs, "rule.ruleset", own);
}

struct json_object *
ecs_from_eve(struct json_object *eve)
{
	struct json_object *ecs = json_object_new_object(), *type, *event;
	const char *word = "";

	put_all(ecs, "", eve, 0);
	if (json_object_object_get_ex(eve, "event_type", &type))
		word = json_object_get_string(type);
	put_kind(ecs, word);
	put_network(ecs, eve);
	put_threat(ecs);
	/* a connection that an alert speaks of may go on */
	if (strcmp(word, "alert") == 0 && json_object_object_get_ex(ecs, "event", &event)) {
		json_object_object_del(event, "end");
		json_object_object_del(event, "duration");
	}
	return ecs;
}

/* Takes the event over. */
static struct json_object *
translate(struct json_object *eve)
{
	struct json_object *ecs = ecs_from_eve(eve);

	json_object_put(eve);
	return ecs;
}

struct json_object *
ecs_session(const struct record *record, const struct origin *origin)
{
	return translate(eve_session(record, origin));
}

struct json_object *
ecs_alert(const struct alert *alert, const struct origin *origin)
{
	return translate(eve_alert(alert, origin));
}
