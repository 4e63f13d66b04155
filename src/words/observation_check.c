/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/observation_check.h"

#include "base/text.h"

/* Later than any capture can say; the sum of two is no overflow. */
#define TIME_MAX_NS (INT64_C(1) << 62)

/* Years 1 to 9999, as certificates may name them. */
#define YEARS_FIRST_S INT64_C(-62135596800)
#define YEARS_LAST_S INT64_C(253402300799)

enum { FLOW_ID_BITS = 53, VLAN_ID_MAX = 4095 };

/* A member, or several of one kind behind each other, that may be this much and no more. */
struct bound {
	const char *name;
	size_t offset, count, size;
	uint64_t max;
};

/* Text in an array of that size. */
struct text_place {
	const char *name;
	size_t offset, size;
};

#define PLACE(member) #member, offsetof(struct observation, member)
#define SIZE(member) sizeof(((const struct observation *)NULL)->member)
#define ONE(member) PLACE(member), 1, SIZE(member)
#define EACH(member) PLACE(member), SIZE(member) / SIZE(member[0]), SIZE(member[0])

/* A truth value is 0 or 1: to read any other byte as one is undefined. */
static const struct bound bounds[] = {
	{ ONE(provisional), 1 },
	{ ONE(final), 1 },
	{ ONE(attempt), 1 },
	{ ONE(elsewhere), 1 },
	{ EACH(flow.tuple.port), UINT16_MAX },
	{ EACH(flow.tuple.vlan), VLAN_ID_MAX },
	{ ONE(flow.tuple.vlan_count), FLOW_VLAN_MAX },
	{ ONE(flow.id), (UINT64_C(1) << FLOW_ID_BITS) - 1 },
	{ ONE(data_flow_id), (UINT64_C(1) << FLOW_ID_BITS) - 1 },
	{ ONE(data_chosen), 1 },
	{ ONE(flow.first.at_ns), TIME_MAX_NS },
	{ ONE(flow.last.at_ns), TIME_MAX_NS },
	{ ONE(flow.phase), FLOW_CLOSED },
	{ ONE(flow.end), FLOW_INPUT_END },
	{ EACH(flow.reset_by), 1 },
	{ EACH(flow.fin_by), 1 },
	{ EACH(flow.left_by), 1 },
	{ ONE(flow.handshake), 1 },
	{ ONE(flow.unanswered), 1 },
	{ ONE(flow.truncated), 1 },
	{ ONE(flow.silent_ns), TIME_MAX_NS },
	{ ONE(at.at_ns), TIME_MAX_NS },
	{ ONE(traits), TRAITS_ALL },
	{ ONE(implicit), 1 },
	{ ONE(offered), FACT_TRUE },
	{ ONE(requested), FACT_TRUE },
	{ ONE(accepted), FACT_TRUE },
	{ ONE(established), FACT_TRUE },
	{ ONE(answer), ANSWER_NOT_COMING },
	{ ONE(upgrade), UPGRADES - 1 },
	{ ONE(listing_complete), 1 },
	{ ONE(listing_in_greeting_only), 1 },
	{ ONE(greeting_offers), FACT_TRUE },
	{ ONE(listing_demands), 1 },
	{ ONE(mechanisms_known), 1 },
	{ ONE(mechanisms), MECHANISM_CLEAR | MECHANISM_STRONG },
	{ ONE(lost_sync), 1 },
	{ ONE(credentials), FACT_TRUE },
	{ ONE(credentials_accepted), FACT_TRUE },
	{ ONE(payload), FACT_TRUE },
	{ EACH(exposed), EXPOSED_CREDENTIALS | EXPOSED_PAYLOAD },
	{ ONE(exposed_unasked), EXPOSED_CREDENTIALS | EXPOSED_PAYLOAD },
	{ ONE(authenticated), 1 },
	{ ONE(tls.strength), TLS_STRENGTH_OK },
	{ ONE(tls.fallback_scsv), 1 },
	{ ONE(tls.downgrade_sentinel), 1 },
	{ ONE(tls.sslv2_hello), 1 },
	{ ONE(tls.certificate.self_signed), 1 },
	{ ONE(marked), (UINT64_C(1) << MARK_KINDS) - 1 },
	{ ONE(mark_count), OBSERVATION_MARKS_MAX },
};

#define TEXT(member) PLACE(member), SIZE(member)

static const struct text_place texts[] = {
	{ TEXT(dialect) },
	{ TEXT(dialect_expected) },
	{ TEXT(reply) },
	{ TEXT(mechanism) },
	{ TEXT(command) },
	{ TEXT(server_name) },
	{ TEXT(tls.version_name) },
	{ TEXT(tls.cipher_name) },
	{ TEXT(tls.sni) },
	{ TEXT(tls.alpn) },
	{ TEXT(tls.ja3) },
	{ TEXT(tls.ja3s) },
	{ TEXT(tls.ja4) },
	{ TEXT(tls.certificate.subject) },
	{ TEXT(tls.certificate.issuer) },
	{ TEXT(tls.certificate.fingerprint_sha256) },
	{ TEXT(tls.certificate.spki_sha256) },
};

/* The member as a number, without reading it as what it is not known to be yet. */
static uint64_t
number_at(const uint8_t *p, size_t size)
{
	uint16_t u16;
	uint32_t u32;
	uint64_t u64 = p[0];

	if (size == sizeof(u16)) {
		memcpy(&u16, p, size);
		return u16;
	}
	if (size == sizeof(u32)) {
		memcpy(&u32, p, size);
		return u32;
	}
	if (size == sizeof(u64))
		memcpy(&u64, p, size);
	return u64;
}

/* Negative numbers are beyond every bound. */
static bool
is_within(const uint8_t *o, const struct bound *b)
{
	for (size_t i = 0; i < b->count; i++) {
		if (number_at(o + b->offset + i * b->size, b->size) > b->max)
			return false;
	}
	return true;
}

static bool
is_text(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	return end != NULL && text_is_shown(span_of(text, (size_t)(end - text)));
}

/* Every connection has two addresses of one family. */
static bool
is_pair(const struct address addr[2])
{
	static const uint8_t zero[sizeof(addr->bytes)];

	for (int side = 0; side < 2; side++) {
		const struct address *a = &addr[side];

		if (a->family == 4 ? memcmp(a->bytes + 4, zero, sizeof(zero) - 4) != 0 :
		    a->family != 6)
			return false;
	}
	return addr[SIDE_CLIENT].family == addr[SIDE_SERVER].family;
}

static bool
is_year(int64_t at_s)
{
	return at_s >= YEARS_FIRST_S && at_s <= YEARS_LAST_S;
}

/* Of a kind that is said to have been set, too. */
static bool
is_mark(const struct observation *o, const struct mark *mark)
{
	return mark->kind < MARK_KINDS && observation_has(o, (enum mark_kind)mark->kind) &&
	    mark->from <= SIDE_SERVER &&
	    mark->ref.at_ns >= 0 && mark->ref.at_ns <= TIME_MAX_NS &&
	    is_text(mark->text, sizeof(mark->text));
}

const char *
observation_check(const struct observation *o)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		if (!is_within((const uint8_t *)o, &bounds[i]))
			return bounds[i].name;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!is_text((const char *)o + texts[i].offset, texts[i].size))
			return texts[i].name;
	}
	if (!is_pair(o->flow.tuple.addr))
		return "flow.tuple.addr";
	if (!is_year(o->tls.certificate.not_before_s))
		return "tls.certificate.not_before_s";
	if (!is_year(o->tls.certificate.not_after_s))
		return "tls.certificate.not_after_s";
	for (unsigned i = 0; i < o->mark_count; i++) {
		if (!is_mark(o, &o->marks[i]))
			return "marks";
	}
	return NULL;
}

static size_t
packed_bytes(unsigned mark_count)
{
	return offsetof(struct observation_packed, seen.marks) + mark_count * sizeof(struct mark);
}

size_t
observation_pack(const struct observation *seen, struct observation_packed *packed_r)
{
	const size_t bytes = packed_bytes(seen->mark_count);

	packed_r->version = OBSERVATION_VERSION;
	packed_r->whole_bytes = sizeof(*seen);
	memcpy(&packed_r->seen, seen, bytes - offsetof(struct observation_packed, seen));
	return bytes;
}

const char *
observation_unpack(struct span bytes, struct observation *seen_r)
{
	uint32_t head[2];
	uint8_t mark_count;

	if (bytes.n < packed_bytes(0))
		return "length";
	memcpy(head, bytes.p, sizeof(head));
	if (head[0] != OBSERVATION_VERSION || head[1] != sizeof(*seen_r))
		return "version";
	bytes = span_tail(bytes, offsetof(struct observation_packed, seen));
	memcpy(&mark_count, bytes.p + offsetof(struct observation, mark_count), 1);
	if (mark_count > OBSERVATION_MARKS_MAX)
		return "mark_count";
	if (bytes.n != packed_bytes(mark_count) - offsetof(struct observation_packed, seen))
		return "length";
	memset(seen_r, 0, sizeof(*seen_r));
	memcpy(seen_r, bytes.p, bytes.n);
	return observation_check(seen_r);
}
