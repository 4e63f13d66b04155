/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/field.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

typedef bool field_getter(const struct record *r, struct field_value *value_r);

/* How a value is taken from a record: from its place, or by a function. */
enum place {
	PLACE_FACT,	/* enum fact; unknown is absent */
	PLACE_FLAG,	/* bool; always there */
	PLACE_MARK,	/* bool; absent unless true */
	PLACE_TEXT,	/* char[]; "" is absent */
	PLACE_HISTORY,	/* uint32_t; absent for a stranger */
	PLACE_U16,
	PLACE_U64,
	PLACE_GETTER,
};

struct field {
	const char *name;
	enum field_type type;
	bool optional;
	enum place place;
	size_t offset;
	field_getter *get;
};

static bool
put_text(struct field_value *v, const char *text)
{
	v->text = text;
	return text[0] != '\0';
}

static bool
put_number(struct field_value *v, uint64_t number)
{
	v->number = (int64_t)number;
	return true;
}

static bool
put_time(struct field_value *v, int64_t at_ns)
{
	clock_format(at_ns, v->room);
	return put_text(v, v->room);
}

static bool
get_address(const struct record *r, enum side side, struct field_value *v)
{
	address_format(&r->seen.flow.tuple.addr[side], v->room);
	return put_text(v, v->room);
}

static bool
get_src_ip(const struct record *r, struct field_value *v)
{
	return get_address(r, SIDE_CLIENT, v);
}

static bool
get_dest_ip(const struct record *r, struct field_value *v)
{
	return get_address(r, SIDE_SERVER, v);
}

static bool
get_community_id(const struct record *r, struct field_value *v)
{
	flow_community_id(&r->seen.flow.tuple, 0, v->room);
	return put_text(v, v->room);
}

static bool
get_proto(const struct record *r, struct field_value *v)
{
	(void)r;
	return put_text(v, "TCP");
}

static bool
get_direction(const struct record *r, struct field_value *v)
{
	return put_text(v, direction_name(r->direction));
}

static bool
get_vlan(const struct record *r, struct field_value *v)
{
	const struct flow_tuple *t = &r->seen.flow.tuple;

	for (v->count = 0; v->count < t->vlan_count; v->count++) {
		v->items[v->count] = NULL;
		v->numbers[v->count] = t->vlan[v->count];
	}
	return v->count > 0;
}

static bool
get_app_proto(const struct record *r, struct field_value *v)
{
	if (r->seen.implicit)
		return put_text(v, "tls");
	return put_text(v, r->seen.dialect[0] != '\0' ? r->seen.dialect : "unknown");
}

static bool
get_outcome(const struct record *r, struct field_value *v)
{
	return put_text(v, outcome_name(r->verdict.outcome));
}

static bool
get_techniques(const struct record *r, struct field_value *v)
{
	for (v->count = 0; v->count < r->verdict.count; v->count++)
		v->items[v->count] =
		    technique_info(r->verdict.findings[v->count].technique)->id;
	return v->count > 0;
}

static bool
get_findings(const struct record *r, struct field_value *v)
{
	v->count = 0;
	for (unsigned i = 0; i < r->verdict.count; i++) {
		const struct finding *finding = &r->verdict.findings[i];

		if (finding->alert)
			v->items[v->count++] = technique_info(finding->technique)->id;
	}
	return v->count > 0;
}

static bool
get_confidence(const struct record *r, struct field_value *v)
{
	return put_number(v, r->verdict.confidence) && r->verdict.count > 0;
}

static bool
get_proof(const struct record *r, struct field_value *v)
{
	return put_text(v, proof_name(r->verdict.proof)) && r->verdict.count > 0;
}

static bool
get_tls_from(const struct record *r, struct field_value *v)
{
	if (r->seen.implicit || r->seen.tls.version == 0)
		return false;
	return put_text(v, r->seen.dialect);
}

static bool
get_tls_notafter(const struct record *r, struct field_value *v)
{
	if (r->seen.tls.certificate.not_after_s == 0)
		return false;
	clock_format_seconds(r->seen.tls.certificate.not_after_s, v->room);
	return put_text(v, v->room);
}

static bool
get_flow_start(const struct record *r, struct field_value *v)
{
	return put_time(v, r->seen.flow.first.at_ns);
}

static bool
get_flow_end(const struct record *r, struct field_value *v)
{
	return put_time(v, r->seen.flow.last.at_ns);
}

static bool
get_flow_age(const struct record *r, struct field_value *v)
{
	int64_t age_ns = r->seen.flow.last.at_ns - r->seen.flow.first.at_ns;

	return put_number(v, age_ns > 0 ? (uint64_t)(age_ns / CLOCK_SECOND_NS) : 0);
}

static bool
get_flow_state(const struct record *r, struct field_value *v)
{
	return put_text(v, flow_state_name(&r->seen.flow));
}

static bool
get_flow_reason(const struct record *r, struct field_value *v)
{
	return r->seen.final && put_text(v, flow_reason_name(&r->seen.flow));
}

static bool
get_both_sides(const struct record *r, struct field_value *v)
{
	v->truth = flow_both_sides(&r->seen.flow);
	return true;
}

static bool
get_twin(const struct record *r, struct field_value *v)
{
	return put_number(v, r->verdict.twin.flow_id) && r->verdict.twin.flow_id != 0;
}

static bool
get_history_first(const struct record *r, struct field_value *v)
{
	return r->history.sessions > 0 && put_time(v, r->history.first_seen_ns);
}

static bool
get_history_last(const struct record *r, struct field_value *v)
{
	return r->history.sessions > 0 && put_time(v, r->history.last_seen_ns);
}

static bool
get_history_strength(const struct record *r, struct field_value *v)
{
	return put_text(v, strength_name(r->history.strength));
}

static bool
get_expected_by(const struct record *r, struct field_value *v)
{
	return put_text(v, expectation_name(r->verdict.expected_by));
}

static bool
get_expected_when(const struct record *r, struct field_value *v)
{
	return r->verdict.expected_by != EXPECTED_BY_NOBODY &&
	    put_text(v, r->verdict.expected_after ? "after" : "before");
}

static bool
get_neighbours(const struct record *r, struct field_value *v)
{
	return r->verdict.expected_like_others && put_text(v, r->history.neighbours);
}

static bool
get_neighbours_known(const struct record *r, struct field_value *v)
{
	return r->verdict.expected_like_others && put_number(v, r->history.neighbours_known);
}

#define AT(member) offsetof(struct record, member)
#define GETTER(name, type, optional, get) { name, type, optional, PLACE_GETTER, 0, get }

static const struct field fields[] = {
	{ "flow_id", FIELD_NUMBER, false, PLACE_U64, AT(seen.flow.id), NULL },
	GETTER("community_id", FIELD_STRING, false, get_community_id),
	GETTER("src_ip", FIELD_STRING, false, get_src_ip),
	{ "src_port", FIELD_NUMBER, false, PLACE_U16, AT(seen.flow.tuple.port[0]), NULL },
	GETTER("dest_ip", FIELD_STRING, false, get_dest_ip),
	{ "dest_port", FIELD_NUMBER, false, PLACE_U16, AT(seen.flow.tuple.port[1]), NULL },
	GETTER("proto", FIELD_STRING, false, get_proto),
	GETTER("direction", FIELD_STRING, true, get_direction),
	GETTER("vlan", FIELD_LIST, true, get_vlan),
	GETTER("app_proto", FIELD_STRING, false, get_app_proto),
	{ "app_proto_expected", FIELD_STRING, true, PLACE_TEXT, AT(seen.dialect_expected),
	    NULL },

	{ "starttls.offered", FIELD_BOOL, true, PLACE_FACT, AT(seen.offered), NULL },
	{ "starttls.requested", FIELD_BOOL, true, PLACE_FACT, AT(seen.requested), NULL },
	{ "starttls.accepted", FIELD_BOOL, true, PLACE_FACT, AT(seen.accepted), NULL },
	{ "starttls.established", FIELD_BOOL, true, PLACE_FACT, AT(seen.established), NULL },
	GETTER("starttls.outcome", FIELD_STRING, true, get_outcome),
	{ "starttls.reply", FIELD_STRING, true, PLACE_TEXT, AT(seen.reply), NULL },
	GETTER("starttls.techniques", FIELD_LIST, true, get_techniques),
	GETTER("starttls.findings", FIELD_LIST, true, get_findings),
	GETTER("starttls.confidence", FIELD_NUMBER, true, get_confidence),
	GETTER("starttls.proof", FIELD_STRING, true, get_proof),
	{ "starttls.middlebox_likely", FIELD_BOOL, true, PLACE_MARK,
	    AT(verdict.middlebox_likely), NULL },

	{ "cleartext.credentials", FIELD_BOOL, true, PLACE_FACT, AT(seen.credentials), NULL },
	{ "cleartext.mechanism", FIELD_STRING, true, PLACE_TEXT, AT(seen.mechanism), NULL },
	{ "cleartext.accepted", FIELD_BOOL, true, PLACE_FACT, AT(seen.credentials_accepted),
	    NULL },
	{ "cleartext.payload", FIELD_BOOL, true, PLACE_FACT, AT(seen.payload), NULL },
	{ "cleartext.command", FIELD_STRING, true, PLACE_TEXT, AT(seen.command), NULL },

	{ "tls.version", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.version_name), NULL },
	{ "tls.cipher", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.cipher_name), NULL },
	{ "tls.sni", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.sni), NULL },
	{ "tls.ja3.hash", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.ja3), NULL },
	{ "tls.ja3s.hash", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.ja3s), NULL },
	{ "tls.ja4", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.ja4), NULL },
	{ "tls.subject", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.certificate.subject), NULL },
	{ "tls.issuerdn", FIELD_STRING, true, PLACE_TEXT, AT(seen.tls.certificate.issuer), NULL },
	{ "tls.fingerprint_sha256", FIELD_STRING, true, PLACE_TEXT,
	    AT(seen.tls.certificate.fingerprint_sha256), NULL },
	GETTER("tls.notafter", FIELD_STRING, true, get_tls_notafter),
	GETTER("tls.from_proto", FIELD_STRING, true, get_tls_from),

	{ "flow.pkts_toserver", FIELD_NUMBER, false, PLACE_U64, AT(seen.flow.packets[0]),
	    NULL },
	{ "flow.pkts_toclient", FIELD_NUMBER, false, PLACE_U64, AT(seen.flow.packets[1]),
	    NULL },
	{ "flow.bytes_toserver", FIELD_NUMBER, false, PLACE_U64, AT(seen.flow.wire_bytes[0]),
	    NULL },
	{ "flow.bytes_toclient", FIELD_NUMBER, false, PLACE_U64, AT(seen.flow.wire_bytes[1]),
	    NULL },
	GETTER("flow.start", FIELD_STRING, false, get_flow_start),
	GETTER("flow.end", FIELD_STRING, false, get_flow_end),
	GETTER("flow.age", FIELD_NUMBER, false, get_flow_age),
	GETTER("flow.state", FIELD_STRING, false, get_flow_state),
	GETTER("flow.reason", FIELD_STRING, false, get_flow_reason),

	{ "observed.handshake", FIELD_BOOL, false, PLACE_FLAG, AT(seen.flow.handshake), NULL },
	GETTER("observed.both_sides", FIELD_BOOL, false, get_both_sides),
	{ "observed.gap_bytes_toserver", FIELD_NUMBER, false, PLACE_U64,
	    AT(seen.flow.gap_bytes[0]), NULL },
	{ "observed.gap_bytes_toclient", FIELD_NUMBER, false, PLACE_U64,
	    AT(seen.flow.gap_bytes[1]), NULL },
	{ "observed.truncated", FIELD_BOOL, false, PLACE_FLAG, AT(seen.flow.truncated), NULL },
	GETTER("observed.twin", FIELD_NUMBER, true, get_twin),

	{ "server.name", FIELD_STRING, true, PLACE_TEXT, AT(seen.server_name), NULL },
	{ "server.history.sessions", FIELD_NUMBER, true, PLACE_HISTORY,
	    AT(history.sessions), NULL },
	{ "server.history.offered", FIELD_NUMBER, true, PLACE_HISTORY,
	    AT(history.offered), NULL },
	{ "server.history.upgraded", FIELD_NUMBER, true, PLACE_HISTORY,
	    AT(history.upgraded), NULL },
	{ "server.history.clients", FIELD_NUMBER, true, PLACE_HISTORY,
	    AT(history.clients), NULL },
	GETTER("server.history.first_seen", FIELD_STRING, true, get_history_first),
	GETTER("server.history.last_seen", FIELD_STRING, true, get_history_last),
	GETTER("server.history.strength", FIELD_STRING, true, get_history_strength),

	GETTER("expected.by", FIELD_STRING, true, get_expected_by),
	GETTER("expected.when", FIELD_STRING, true, get_expected_when),
	GETTER("expected.neighbours", FIELD_STRING, true, get_neighbours),
	GETTER("expected.neighbours_known", FIELD_NUMBER, true, get_neighbours_known),
};

size_t
field_count(void)
{
	return sizeof(fields) / sizeof(fields[0]);
}

const struct field *
field_at(size_t index)
{
	return index < field_count() ? &fields[index] : NULL;
}

const struct field *
field_find(const char *name)
{
	for (size_t i = 0; i < field_count(); i++) {
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	}
	return NULL;
}

const char *
field_name(const struct field *f)
{
	return f->name;
}

enum field_type
field_type(const struct field *f)
{
	return f->type;
}

bool
field_is_optional(const struct field *f)
{
	return f->optional;
}

static bool
get_fact(const void *place, struct field_value *v)
{
	enum fact fact;

	memcpy(&fact, place, sizeof(fact));
	v->truth = fact == FACT_TRUE;
	return fact != FACT_UNKNOWN;
}

static bool
get_unsigned(const void *place, enum place kind, struct field_value *v)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	if (kind == PLACE_U16) {
		memcpy(&u16, place, sizeof(u16));
		return put_number(v, u16);
	}
	if (kind == PLACE_HISTORY) {
		memcpy(&u32, place, sizeof(u32));
		return put_number(v, u32);
	}
	memcpy(&u64, place, sizeof(u64));
	return put_number(v, u64);
}

bool
field_get(const struct field *f, const struct record *r, struct field_value *value_r)
{
	const char *place = (const char *)r + f->offset;

	value_r->type = f->type;
	switch (f->place) {
	case PLACE_FACT:
		return get_fact(place, value_r);
	case PLACE_FLAG:
		memcpy(&value_r->truth, place, sizeof(bool));
		return true;
	case PLACE_MARK:
		memcpy(&value_r->truth, place, sizeof(bool));
		return value_r->truth;
	case PLACE_TEXT:
		return put_text(value_r, place);
	case PLACE_GETTER:
		return f->get(r, value_r);
	case PLACE_HISTORY:
		return r->history.sessions > 0 && get_unsigned(place, f->place, value_r);
	case PLACE_U16:
	case PLACE_U64:
		break;
	}
	return get_unsigned(place, f->place, value_r);
}
