/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/eve.h"

#include <stdio.h>

#include "event/json.h"

enum { SCHEMA = 1 };

/* What every event begins with. */
static struct json_object *
event_new(const char *type, int64_t at_ns, const struct origin *origin)
{
	struct json_object *event = json_object_new_object();

	json_put_time(event, "timestamp", at_ns);
	json_put_text(event, "event_type", type);
	json_put_number(event, "schema", SCHEMA);
	json_put_foreign(event, "host", origin->host);
	return event;
}

/* An event about a connection, of the frame that its time is of. */
static struct json_object *
event_of_record(const char *type, const struct record *record, const struct frame_ref *at,
    const struct origin *origin)
{
	struct json_object *event = event_new(type, at->at_ns, origin);
	const char *file = origin_source(origin, at->source);
	const char *tap = origin_tap(origin, record->seen.flow.tuple.tap);

	if (file != NULL)
		json_put_foreign(event, origin->live ? "in_iface" : "pcap_filename", file);
	if (!origin->live)
		json_put_number(event, "pcap_cnt", at->number);
	if (tap != NULL)
		json_put_foreign(event, "tap", tap);
	json_put_record(event, record);
	return event;
}

struct json_object *
eve_of_source(const char *type, uint32_t source, int64_t at_ns, const struct origin *origin)
{
	struct json_object *event = event_new(type, at_ns, origin);
	const char *name = origin_source(origin, source);

	if (name != NULL)
		json_put_foreign(event, origin->live ? "in_iface" : "pcap_filename", name);
	/* each interface is a tap */
	if (origin->live && origin_tap(origin, source) != NULL)
		json_put_foreign(event, "tap", origin_tap(origin, source));
	return event;
}

struct json_object *
eve_session(const struct record *record, const struct origin *origin)
{
	return event_of_record("session", record, &record->seen.flow.last, origin);
}

static struct json_object *
string_list(const char *first)
{
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, json_object_new_string(first));
	return list;
}

static const char *
confidence_word(unsigned confidence)
{
	return confidence >= 80 ? "high" : confidence >= 50 ? "medium" : "low";
}

static void
put_metadata(struct json_object *event, const struct alert *alert)
{
	const struct rule *rule = alert->rule;
	struct json_object *mitre = json_object_new_array();
	char id[RULE_MITRE_SIZE];

	json_put(event, "alert.metadata.rule", string_list(rule->id));
	if (rule->technique != TECHNIQUE_NONE)
		json_put(event, "alert.metadata.technique",
		    string_list(technique_info(rule->technique)->id));
	json_put(event, "alert.metadata.confidence",
	    string_list(confidence_word(alert->record->verdict.confidence)));
	for (size_t i = 0; i < rule->tags.count; i++) {
		if (rule_mitre_id(rule->tags.items[i], id))
			json_object_array_add(mitre, json_object_new_string(id));
	}
	if (json_object_array_length(mitre) > 0)
		json_put(event, "alert.metadata.mitre_technique_id", mitre);
	else
		json_object_put(mitre);
}

/* What a person would look at first, in the order of the frames. */
static struct json_object *
evidence_list(const struct record *record, const struct origin *origin)
{
	const struct observation *seen = &record->seen;
	struct json_object *list = json_object_new_array();

	for (unsigned i = 0; i < seen->mark_count; i++) {
		const struct mark *mark = &seen->marks[i];
		struct json_object *item = json_object_new_object();

		json_put_text(item, "what", mark_name((enum mark_kind)mark->kind));
		json_put_text(item, "from", side_name((enum side)mark->from));
		json_put_number(item, "frame", mark->ref.number);
		if (origin->source_count > 1 && origin_source(origin, mark->ref.source) != NULL)
			json_put_foreign(item, "file", origin_source(origin, mark->ref.source));
		json_put_time(item, "time", mark->ref.at_ns);
		if (mark->text[0] != '\0')
			json_put_text(item, "text", mark->text);
		json_object_array_add(list, item);
	}
	if (record->verdict.twin.differences != 0) {
		struct json_object *item = json_object_new_object();

		json_put_text(item, "what", "other_tap");
		if (record->verdict.twin.says[0] != '\0')
			json_put_text(item, "text", record->verdict.twin.says);
		json_object_array_add(list, item);
	}
	return list;
}

/* The connections that are part of the evidence, beside the alert's own. */
static void
put_related(struct json_object *event, const struct verdict *v)
{
	const uint64_t flows[] = { v->related, v->twin.differences != 0 ? v->twin.flow_id : 0 };
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		if (flows[i] != 0)
			json_object_array_add(list, json_object_new_int64((int64_t)flows[i]));
	}
	if (json_object_array_length(list) > 0)
		json_put(event, "related", list);
	else
		json_object_put(list);
}

static void
put_benign(struct json_object *event, const struct alert *alert)
{
	struct json_object *list;
	const char *benign;

	if (alert_benign(alert, 0) == NULL)
		return;
	list = json_object_new_array();
	for (size_t i = 0; (benign = alert_benign(alert, i)) != NULL; i++)
		json_object_array_add(list, json_object_new_string(benign));
	json_put(event, "benign", list);
}

/* How often, since when, and to how many: once for each connection, unless repeats are merged. */
static void
put_repeats(struct json_object *event, const struct alert *alert)
{
	unsigned clients = alert->clients;

	if (alert->rule->technique == TECHNIQUE_CAP_STRIPPED &&
	    alert->record->history.clients_denied > clients)
		clients = alert->record->history.clients_denied;
	if (alert_closes_window(alert)) {
		json_put_number(event, "alert.count", alert->count);
		json_put_time(event, "alert.first_seen", alert->first_seen_ns);
	}
	if (clients > 0)
		json_put_number(event, "clients_seen", clients);
}

/* Where its packets are saved, if any are left of it. */
static void
put_capture_file(struct json_object *event, const struct alert *alert, const struct origin *origin)
{
	char name[96];

	if (origin->evidence == NULL || alert_closes_window(alert))
		return;
	snprintf(name, sizeof(name), "%s/%llu.pcap", origin->evidence,
	    (unsigned long long)alert->record->seen.flow.id);
	json_put_text(event, "capture_file", name);
}

struct json_object *
eve_alert(const struct alert *alert, const struct origin *origin)
{
	const struct rule *rule = alert->rule;
	struct json_object *event = event_of_record("alert", alert->record,
	    &alert->record->seen.at, origin);

	json_put_text(event, "alert.action", "allowed");
	json_put_number(event, "alert.gid", EVE_ALERT_GID);
	json_put_number(event, "alert.signature_id", rule->sid);
	json_put_number(event, "alert.rev", rule->rev);
	json_put_text(event, "alert.signature", rule->title);
	json_put_text(event, "alert.category", category_name(rule->category));
	json_put_number(event, "alert.severity", alert->severity);
	put_metadata(event, alert);
	put_repeats(event, alert);
	put_related(event, &alert->record->verdict);
	json_put(event, "evidence", evidence_list(alert->record, origin));
	put_capture_file(event, alert, origin);
	put_benign(event, alert);
	return event;
}

struct json_object *
eve_stats(int64_t at_ns, const struct origin *origin)
{
	struct json_object *event = event_new("stats", at_ns, origin);

	json_put(event, "stats", json_object_new_object());
	return event;
}

void
eve_stats_at(struct json_object *stats, int64_t at_ns)
{
	json_put_time(stats, "timestamp", at_ns);
}

void
eve_stats_add(void *stats, const char *name, uint64_t value)
{
	char path[96];

	snprintf(path, sizeof(path), "stats.%s", name);
	json_put_number(stats, path, value);
}
