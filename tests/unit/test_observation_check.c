/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came from a process that read the wire is believed nothing that it could not be. */
#include "unit.h"

#include "observed.h"
#include "words/observation_check.h"

/* A session with everything in it that an observation can hold. */
static struct observation
full(void)
{
	struct observation o = observed_upgrade(1, 1);

	memcpy(o.server_name, "m\xc3\xbc.example", 11);
	memcpy(o.reply, "454 4.7.0 \\x00 not available", 29);
	memcpy(o.tls.sni, "mx.example", 11);
	o.tls.certificate.not_before_s = -1;
	o.mark_count = 2;
	o.marks[0] = (struct mark){ .kind = MARK_CLIENT_HELLO, .ref = o.at, .text = "hello" };
	o.marks[1] = (struct mark){ .kind = MARK_SERVER_HELLO, .from = SIDE_SERVER };
	return o;
}

/* What is written where, and the name by which the check must know it. */
struct damage {
	const char *name;
	size_t offset;
	const char *bytes;
	size_t n;
};

#define HURT(member, name, bytes) \
	{ name, offsetof(struct observation, member), bytes, sizeof(bytes) - 1 }

static const struct damage damages[] = {
	HURT(final, "final", "\x02"),
	HURT(attempt, "attempt", "\xff"),
	HURT(elsewhere, "elsewhere", "\x02"),
	HURT(flow.tuple.addr[0].family, "flow.tuple.addr", "\x00"),
	HURT(flow.tuple.addr[1].family, "flow.tuple.addr", "\x06"),
	HURT(flow.tuple.addr[0].bytes[4], "flow.tuple.addr", "\x01"),
	HURT(flow.tuple.vlan[3], "flow.tuple.vlan", "\x00\x10"),
	HURT(flow.tuple.vlan_count, "flow.tuple.vlan_count", "\x05"),
	HURT(flow.id, "flow.id", "\0\0\0\0\0\0\x20\0"),
	HURT(flow.first.at_ns, "flow.first.at_ns", "\xff\xff\xff\xff\xff\xff\xff\xff"),
	HURT(flow.last.at_ns, "flow.last.at_ns", "\x01\0\0\0\0\0\0\x40"),
	HURT(flow.phase, "flow.phase", "\x03\0\0\0"),
	HURT(flow.end, "flow.end", "\x07\0\0\0"),
	HURT(flow.reset_by[1], "flow.reset_by", "\x02"),
	HURT(flow.fin_by[0], "flow.fin_by", "\x80"),
	HURT(flow.left_by[1], "flow.left_by", "\x02"),
	HURT(flow.handshake, "flow.handshake", "\x02"),
	HURT(flow.unanswered, "flow.unanswered", "\x02"),
	HURT(flow.truncated, "flow.truncated", "\x02"),
	HURT(flow.silent_ns, "flow.silent_ns", "\0\0\0\0\0\0\0\x80"),
	HURT(at.at_ns, "at.at_ns", "\0\0\0\0\0\0\0\x80"),
	HURT(traits, "traits", "\0\x80"),
	HURT(data_flow_id, "data_flow_id", "\0\0\0\0\0\0\x20\0"),
	HURT(data_chosen, "data_chosen", "\2"),
	HURT(implicit, "implicit", "\x02"),
	HURT(offered, "offered", "\x03\0\0\0"),
	HURT(requested, "requested", "\xff\xff\xff\xff"),
	HURT(accepted, "accepted", "\x03\0\0\0"),
	HURT(established, "established", "\x03\0\0\0"),
	HURT(answer, "answer", "\x09\0\0\0"),
	HURT(upgrade, "upgrade", "\x06\0\0\0"),
	HURT(listing_complete, "listing_complete", "\x02"),
	HURT(listing_in_greeting_only, "listing_in_greeting_only", "\x02"),
	HURT(greeting_offers, "greeting_offers", "\x03\0\0\0"),
	HURT(listing_demands, "listing_demands", "\x02"),
	HURT(mechanisms_known, "mechanisms_known", "\x02"),
	HURT(mechanisms, "mechanisms", "\x04"),
	HURT(lost_sync, "lost_sync", "\x02"),
	HURT(credentials, "credentials", "\x03\0\0\0"),
	HURT(credentials_accepted, "credentials_accepted", "\x03\0\0\0"),
	HURT(payload, "payload", "\x03\0\0\0"),
	HURT(exposed[5], "exposed", "\x04"),
	HURT(exposed_unasked, "exposed_unasked", "\x04"),
	HURT(authenticated, "authenticated", "\x02"),
	HURT(tls.strength, "tls.strength", "\x08\0\0\0"),
	HURT(tls.fallback_scsv, "tls.fallback_scsv", "\x02"),
	HURT(tls.downgrade_sentinel, "tls.downgrade_sentinel", "\x02"),
	HURT(tls.sslv2_hello, "tls.sslv2_hello", "\x02"),
	HURT(tls.certificate.self_signed, "tls.certificate.self_signed", "\x02"),
	HURT(tls.certificate.not_before_s, "tls.certificate.not_before_s", "\0\0\0\0\0\0\0\x80"),
	HURT(tls.certificate.not_after_s, "tls.certificate.not_after_s", "\0\0\0\0\0\0\0\x40"),
	HURT(marked, "marked", "\0\0\0\0\0\0\0\x80"),
	HURT(marked, "marks", "\0\0\0\0\0\0\0\0"),
	HURT(mark_count, "mark_count", "\x11"),
	HURT(marks[0].kind, "marks", "\xff"),
	HURT(marks[1].from, "marks", "\x02"),
	HURT(marks[0].ref.at_ns, "marks", "\0\0\0\0\0\0\0\x80"),
	HURT(marks[1].text, "marks", "\x1b[2J"),
	HURT(dialect, "dialect", "smtp\r\n"),
	HURT(dialect_expected, "dialect_expected", "\xc3"),
	HURT(reply, "reply", "\xe2\x80\xae"),
	HURT(mechanism, "mechanism", "\x7f"),
	HURT(command, "command", "\xff"),
	HURT(server_name, "server_name", "\xed\xa0\x80"),
	HURT(tls.version_name, "tls.version_name", "\n"),
	HURT(tls.cipher_name, "tls.cipher_name", "\n"),
	HURT(tls.sni, "tls.sni", "\n"),
	HURT(tls.alpn, "tls.alpn", "\n"),
	HURT(tls.ja3, "tls.ja3", "\n"),
	HURT(tls.ja3s, "tls.ja3s", "\n"),
	HURT(tls.ja4, "tls.ja4", "\n"),
	HURT(tls.certificate.subject, "tls.certificate.subject", "\n"),
	HURT(tls.certificate.issuer, "tls.certificate.issuer", "\n"),
	HURT(tls.certificate.fingerprint_sha256, "tls.certificate.fingerprint_sha256", "\n"),
	HURT(tls.certificate.spki_sha256, "tls.certificate.spki_sha256", "\n"),
};

/*
 * A new member needs a bound, or a place among the texts, and a row above; then the number.
 * (One that lies in what was padding before does not show here.)
 */
static void
no_member_is_forgotten(void **state)
{
	enum { BYTES_64_BIT = 4176 };

	(void)state;
	if (sizeof(void *) == 8)
		assert_int_equal(sizeof(struct observation), BYTES_64_BIT);
}

static void
what_we_make_passes(void **state)
{
	struct observation o = full(), back;
	struct observation_packed packed;
	size_t n = observation_pack(&o, &packed);

	(void)state;
	assert_null(observation_check(&o));
	assert_true(n < sizeof(packed));
	assert_null(observation_unpack(span_of(&packed, n), &back));
	assert_memory_equal(&back, &o, offsetof(struct observation, marks[2]));
	assert_int_equal(back.marks[2].text[0], '\0');
}

static void
each_damage_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct observation o = full();
		const char *wrong;

		memcpy((char *)&o + damages[i].offset, damages[i].bytes, damages[i].n);
		wrong = observation_check(&o);
		if (wrong == NULL || strcmp(wrong, damages[i].name) != 0)
			fail_msg("row %zu: %s is damaged, and the check says %s", i,
			    damages[i].name, wrong != NULL ? wrong : "nothing");
	}
}

static void
text_without_an_end_is_none(void **state)
{
	struct observation o = full();

	(void)state;
	memset(o.reply, 'a', sizeof(o.reply));
	assert_string_equal(observation_check(&o), "reply");
	o = full();
	memset(o.marks[1].text, 'a', sizeof(o.marks[1].text));
	assert_string_equal(observation_check(&o), "marks");
}

static void
length_and_version_must_be_right(void **state)
{
	struct observation o = full(), back;
	struct observation_packed packed;
	size_t n = observation_pack(&o, &packed);
	uint8_t longer[sizeof(packed) + 1] = { 0 };

	(void)state;
	for (size_t shorter = 0; shorter < n; shorter++)
		assert_non_null(observation_unpack(span_of(&packed, shorter), &back));
	memcpy(longer, &packed, n);
	assert_string_equal(observation_unpack(span_of(longer, n + 1), &back), "length");
	packed.seen.mark_count = OBSERVATION_MARKS_MAX + 1;
	assert_string_equal(observation_unpack(span_of(&packed, sizeof(packed)), &back),
	    "mark_count");
	packed.seen.mark_count = 2;
	packed.whole_bytes--;
	assert_string_equal(observation_unpack(span_of(&packed, n), &back), "version");
	packed.whole_bytes++;
	packed.version++;
	assert_string_equal(observation_unpack(span_of(&packed, n), &back), "version");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_member_is_forgotten),
		cmocka_unit_test(what_we_make_passes),
		cmocka_unit_test(each_damage_is_named),
		cmocka_unit_test(text_without_an_end_is_none),
		cmocka_unit_test(length_and_version_must_be_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
