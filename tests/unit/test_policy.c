/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operator's policy: what it may say, what is wrong in it, and what it changes. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "court.h"
#include "judge/policy.h"

static struct policy *
read_policy(const char *text, struct err *e)
{
	char path[] = "policy-XXXXXX";
	struct policy *p;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	p = policy_read(path, e);
	unlink(path);
	return p;
}

static struct policy *
policy(const char *text)
{
	struct err e = { "" };
	struct policy *p = read_policy(text, &e);

	if (p == NULL)
		fail_msg("%s", e.text);
	return p;
}

static void
faults_are_named_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", ":1: there is no policy" },
		{ "- a\n", ":1: a map" },
		{ "tls:\n  - expect: required\nwhat: 1\n", ":3: what is no key" },
		{ "tls:\n  - expect: maybe\n", ":2: expect must be" },
		{ "tls:\n  - expect: never\n    servers: [192.0.2.1/24]\n",
		    ":3: 192.0.2.1/24 is no" },
		{ "tls:\n  - expect: never\n    servers: []\n", ":3: servers is an empty list" },
		{ "tls:\n  - expect: never\n    dialects: [smtp, gopher]\n",
		    ":3: gopher is no protocol" },
		{ "suppress:\n  - technique: cap-stripped\n    reason: r\n", ":2: until must be" },
		{ "suppress:\n  - until: 2027-02-30\n    reason: r\n", ":2: until must be" },
		{ "suppress:\n  - until: 2027-02-28\n", ":2: reason must say" },
		{ "suppress:\n  - technique: strip\n    until: 2027-02-28\n",
		    ":2: strip is no technique" },
		{ "tls_proxies: proxy.example\n", ":1: proxy.example is no address" },
		{ "tls: [\n", ":" },
		{ "tls_proxies: 192.0.2.1\n---\ntls_proxies: 192.0.2.1\n", "one document" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e = { "" };
		struct policy *p = read_policy(rows[i].text, &e);

		if (p != NULL || strstr(e.text, rows[i].says) == NULL)
			fail_msg("%s said \"%s\"", rows[i].text, e.text);
	}
}

static void
the_first_entry_that_fits_counts(void **state)
{
	struct policy *p = policy("tls:\n"
	    "  - {expect: never, servers: 198.51.100.25, dialects: lmtp}\n"
	    "  - {expect: optional, names: '*.example'}\n"
	    "  - {expect: required, servers: [192.0.2.0/24, 198.51.100.0/24], dialects: smtp}\n");
	struct observation o = observed(1, 1);

	(void)state;
	assert_int_equal(policy_tls(p, &o), POLICY_REQUIRED);
	memcpy(o.server_name, "MX.Example", 11);
	assert_int_equal(policy_tls(p, &o), POLICY_OPTIONAL);
	memcpy(o.server_name, "example", 8);
	assert_int_equal(policy_tls(p, &o), POLICY_REQUIRED);
	memcpy(o.dialect, "lmtp", 5);
	assert_int_equal(policy_tls(p, &o), POLICY_NEVER);
	memcpy(o.dialect, "imap", 5);
	assert_int_equal(policy_tls(p, &o), POLICY_SILENT);
	assert_int_equal(policy_tls(NULL, &o), POLICY_SILENT);
	policy_free(&p);
}

static bool
verdict_alerts(const struct verdict *v, enum technique technique)
{
	for (unsigned i = 0; i < v->count; i++) {
		if (v->findings[i].technique == technique && v->findings[i].alert)
			return true;
	}
	return false;
}

static void
obey(struct court *c, struct policy *p, const char *const *taps, size_t tap_count)
{
	judge_obey(c->judge, p, taps, tap_count);
}

static void
where_tls_is_required_no_history_is_needed(void **state)
{
	struct court *c = *state;
	struct policy *p = policy("tls: {expect: required, servers: 198.51.100.25}\n");
	struct observation declined = observed_offer(1, 2);

	obey(c, p, NULL, 0);
	see(c, observed_lack(1, 1));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	assert_int_equal(c->heard.severity, 1);
	assert_int_equal(c->heard.last.verdict.expected_by, EXPECTED_BY_POLICY);
	declined.payload = FACT_TRUE;
	declined.exposed[UPGRADE_OFFERED] = declined.exposed_unasked = EXPOSED_PAYLOAD;
	see(c, declined);
	assert_int_equal(c->heard.technique, TECHNIQUE_CLEARTEXT_PAYLOAD_DESPITE_OFFER);
	policy_free(&p);
}

static void
loopback_is_judged_where_tls_is_required(void **state)
{
	struct court *c = *state;
	struct policy *p = policy("tls: {expect: required, servers: 127.0.0.1}\n");
	struct observation stripped = observed_lack(1, 1);

	stripped.flow.tuple.addr[SIDE_SERVER] = (struct address){ 4, { 127, 0, 0, 1 } };
	see(c, stripped);
	assert_int_equal(c->heard.alerts, 0);
	obey(c, p, NULL, 0);
	stripped.flow.id++;
	see(c, stripped);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	policy_free(&p);
}

static void
where_it_never_is_history_does_not_count(void **state)
{
	struct court *c = *state;
	struct policy *p = policy("tls: {expect: never, servers: 198.51.100.25}\n");
	struct observation secret = observed_offer(1, 4);
	struct err e;

	obey(c, p, NULL, 0);
	for (int day = 1; day <= 3; day++) {
		see(c, observed_upgrade(1, day));
		see(c, observed_upgrade(2, day));
	}
	see(c, observed_lack(1, 4));
	secret.exposed[UPGRADE_OFFERED] = EXPOSED_CREDENTIALS;
	see(c, secret);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 0);
	/* an injected command is nobody's policy */
	secret.marked |= UINT64_C(1) << MARK_INJECTED_COMMAND;
	secret.flow.id++;
	see(c, secret);
	assert_int_equal(c->heard.alerts, 1);
	policy_free(&p);
}

/* PLAIN where there never was any: neither the habit nor the password is told. */
static void
where_it_need_not_be_nobody_is_held_to_habits(void **state)
{
	static const struct { const char *expect; unsigned sasl, exposure; } rows[] = {
		{ "optional", 0, 1 }, { "never", 0, 0 }, { "required", 1, 0 },
	};
	struct court *c = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation o = observed_offer(1, 1);
		char text[64];
		struct policy *p;

		snprintf(text, sizeof(text), "tls: {expect: %s, servers: 198.51.100.25}\n",
		    rows[i].expect);
		p = policy(text);
		(void)close_court(state);
		(void)open_court(state);
		obey(c, p, NULL, 0);
		o.mechanisms_known = true;
		see(c, o);
		o.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 2;
		o.flow.first.at_ns += CLOCK_DAY_NS;
		see(c, o);
		o.flow.id++;
		o.offered = FACT_FALSE;
		o.mechanisms = MECHANISM_CLEAR;
		o.credentials = o.credentials_accepted = FACT_TRUE;
		o.exposed[UPGRADE_UNOFFERED] = EXPOSED_CREDENTIALS;
		see(c, o);
		assert_int_equal(verdict_alerts(&c->heard.last.verdict,
		    TECHNIQUE_SASL_DOWNGRADE), rows[i].sasl);
		assert_int_equal(c->heard.exposures, rows[i].exposure);
		policy_free(&p);
	}
}

static void
a_suppression_ends(void **state)
{
	struct court *c = *state;
	/* day 20001 since 1970 is 2024-10-05 */
	struct policy *p = policy("suppress:\n"
	    "  - {technique: cap-masked, servers: 198.51.100.25, until: 2024-10-06,\n"
	    "     reason: old box}\n");
	struct observation o = observed_lack(1, 1);

	obey(c, p, NULL, 0);
	o.marked |= UINT64_C(1) << MARK_TOKEN_MASKED;
	see(c, o);
	o.at.at_ns += CLOCK_DAY_NS;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.at.at_ns += CLOCK_DAY_NS;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	policy_free(&p);
}

static void
what_a_tap_decrypted_is_not_clear(void **state)
{
	static const char *const taps[] = { "outside", "inside" };
	struct court *c = *state;
	struct policy *p = policy("decrypting_taps: [inside]\n");
	struct observation o = observed_offer(1, 1);

	obey(c, p, taps, 2);
	o.requested = o.accepted = FACT_TRUE;
	o.marked = UINT64_C(1) << MARK_CLEAR_AFTER_ACCEPT;
	o.exposed[UPGRADE_ACCEPTED] = EXPOSED_CREDENTIALS | EXPOSED_PAYLOAD;
	o.flow.tuple.tap = 1;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.flow.tuple.tap = 0;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	policy_free(&p);
}

static void
a_proxy_may_end_tls(void **state)
{
	struct court *c = *state;
	struct policy *p = policy("tls_proxies: 192.0.2.1\n");
	struct observation near = observed_upgrade(1, 1), far = observed_offer(1, 1);
	struct err e;

	obey(c, p, NULL, 0);
	assert_int_equal(judge_compare_taps(c->judge, &e), 0);
	far.flow.tuple.tap = 1;
	far.flow.id++;
	far.exposed[UPGRADE_OFFERED] = EXPOSED_PAYLOAD;
	see(c, near);
	see(c, far);
	assert_int_equal(c->heard.alerts, 0);
	policy_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_named_with_their_line),
		cmocka_unit_test(the_first_entry_that_fits_counts),
		IN_COURT(where_tls_is_required_no_history_is_needed),
		IN_COURT(loopback_is_judged_where_tls_is_required),
		IN_COURT(where_it_never_is_history_does_not_count),
		IN_COURT(where_it_need_not_be_nobody_is_held_to_habits),
		IN_COURT(a_suppression_ends),
		IN_COURT(what_a_tap_decrypted_is_not_clear),
		IN_COURT(a_proxy_may_end_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
