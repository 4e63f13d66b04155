/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a detection says of a session: absent facts, lists, numbers, networks. */
#include <stdio.h>

#include "rule_kit.h"

#include "base/text.h"

/*
 * A session with a little of everything: an SMTP session that offered TLS and
 * was refused it, of which the taps saw no credentials and did not see whether
 * a login was accepted.
 */
static struct record
session(void)
{
	struct record r = { 0 };
	struct flow_tuple *t = &r.seen.flow.tuple;

	text_copy(r.seen.dialect, sizeof(r.seen.dialect), "smtp");
	text_copy(r.seen.reply, sizeof(r.seen.reply), "454 4.7.0 TLS not available");
	text_copy(r.seen.server_name, sizeof(r.seen.server_name), "MX1.example.org");
	r.seen.offered = FACT_TRUE;
	r.seen.credentials = FACT_FALSE;
	t->addr[SIDE_CLIENT] = (struct address){ 4, { 192, 0, 2, 7 } };
	t->addr[SIDE_SERVER] = (struct address){ 4, { 198, 51, 100, 25 } };
	t->port[SIDE_CLIENT] = 40000;
	t->port[SIDE_SERVER] = 25;
	t->vlan_count = 2;
	t->vlan[0] = 10;
	t->vlan[1] = 200;
	r.seen.flow.packets[SIDE_CLIENT] = 9;
	r.seen.flow.packets[SIDE_SERVER] = 9;
	r.seen.final = true;
	r.verdict.count = 2;
	r.verdict.findings[0] = (struct finding){ TECHNIQUE_REQUEST_REFUSED_TEMP, true };
	r.verdict.findings[1] = (struct finding){ TECHNIQUE_CAP_CONTRADICTION, false };
	return r;
}

struct row {
	const char *detection;	/* "a:" of a rule whose condition is "a" */
	enum rule_answer want;
};

static const struct row rows[] = {
	/* booleans; an absent one decides nothing, either way */
	{ "{starttls.offered: true}", RULE_YES },
	{ "{starttls.offered: false}", RULE_NO },
	{ "{starttls.offered: yes}", RULE_YES },
	{ "{starttls.offered: [true, false]}", RULE_YES },
	{ "{cleartext.accepted: true}", RULE_CANNOT_TELL },
	{ "{cleartext.accepted: false}", RULE_CANNOT_TELL },
	{ "{cleartext.accepted|neq: true}", RULE_CANNOT_TELL },
	{ "{starttls.offered|neq: true}", RULE_NO },

	/* existence is always known; null is its opposite */
	{ "{cleartext.accepted|exists: true}", RULE_NO },
	{ "{cleartext.accepted|exists: false}", RULE_YES },
	{ "{starttls.offered|exists: true}", RULE_YES },
	{ "{starttls.offered|exists: false}", RULE_NO },
	{ "{cleartext.accepted: null}", RULE_YES },
	{ "{cleartext.accepted: }", RULE_YES },
	{ "{starttls.offered: null}", RULE_NO },
	{ "{starttls.offered|neq: null}", RULE_YES },
	{ "{cleartext.accepted: [null, true]}", RULE_YES },
	{ "{cleartext.accepted|exists: false, starttls.offered: true}", RULE_YES },

	/* a map wants all of its items, a list of maps one */
	{ "{starttls.offered: true, app_proto: smtp}", RULE_YES },
	{ "{starttls.offered: true, app_proto: imap}", RULE_NO },
	{ "{cleartext.accepted: true, app_proto: imap}", RULE_NO },
	{ "{cleartext.accepted: true, app_proto: smtp}", RULE_CANNOT_TELL },
	{ "[{app_proto: imap}, {app_proto: smtp}]", RULE_YES },
	{ "[{app_proto: imap}, {app_proto: pop3}]", RULE_NO },
	{ "[{cleartext.accepted: true}, {app_proto: smtp}]", RULE_YES },
	{ "[{cleartext.accepted: true}, {app_proto: imap}]", RULE_CANNOT_TELL },
	{ "[{app_proto: smtp, starttls.offered: false}, {app_proto: imap}]", RULE_NO },

	/* texts: without case unless asked, several values are alternatives */
	{ "{app_proto: SMTP}", RULE_YES },
	{ "{app_proto|cased: SMTP}", RULE_NO },
	{ "{app_proto|cased: smtp}", RULE_YES },
	{ "{app_proto: [imap, smtp]}", RULE_YES },
	{ "{app_proto: [imap, pop3]}", RULE_NO },
	{ "{app_proto|neq: [imap, pop3]}", RULE_YES },
	{ "{app_proto|neq: [imap, smtp]}", RULE_NO },
	{ "{starttls.reply: 454}", RULE_NO },
	{ "{starttls.reply: '454*'}", RULE_YES },
	{ "{starttls.reply: '45? 4.7.?*'}", RULE_YES },
	{ "{starttls.reply|startswith: 454}", RULE_YES },
	{ "{starttls.reply|startswith: tls}", RULE_NO },
	{ "{starttls.reply|endswith: Available}", RULE_YES },
	{ "{starttls.reply|contains: 'tls not'}", RULE_YES },
	{ "{starttls.reply|contains|cased: 'tls not'}", RULE_NO },
	{ "{starttls.reply|contains: [nothing, '4.7.0']}", RULE_YES },
	{ "{starttls.reply|contains|all: [nothing, '4.7.0']}", RULE_NO },
	{ "{starttls.reply|contains|all: [TLS, '4.7.0']}", RULE_YES },
	{ "{starttls.reply|contains|all|neq: [TLS, nothing]}", RULE_YES },
	{ "{starttls.reply|re: '^4[0-9]{2} '}", RULE_YES },
	{ "{starttls.reply|re: 'tls'}", RULE_NO },
	{ "{starttls.reply|re|i: 'tls'}", RULE_YES },
	{ "{starttls.reply|re|neq: '^5'}", RULE_YES },
	{ "{cleartext.mechanism|startswith: PL}", RULE_CANNOT_TELL },
	{ "{cleartext.mechanism|neq: PLAIN}", RULE_CANNOT_TELL },

	/* numbers */
	{ "{dest_port: 25}", RULE_YES },
	{ "{dest_port: [143, 110]}", RULE_NO },
	{ "{dest_port|gt: 24}", RULE_YES },
	{ "{dest_port|gt: 25}", RULE_NO },
	{ "{dest_port|gte: 25}", RULE_YES },
	{ "{dest_port|lt: 25}", RULE_NO },
	{ "{dest_port|lte: 25}", RULE_YES },
	{ "{dest_port|lt: 26}", RULE_YES },
	{ "{dest_port|gt: -1}", RULE_YES },
	{ "{dest_port|neq: 25}", RULE_NO },
	{ "{dest_port|gt|neq: 25}", RULE_YES },
	{ "{server.history.sessions|gt: 5}", RULE_CANNOT_TELL },

	/* lists match when one of their items does; a list that is not there is empty */
	{ "{starttls.techniques: cap-contradiction}", RULE_YES },
	{ "{starttls.findings: cap-contradiction}", RULE_NO },
	{ "{starttls.findings: request-refused-temp}", RULE_YES },
	{ "{starttls.techniques: cap-stripped}", RULE_NO },
	{ "{starttls.techniques|startswith: request-}", RULE_YES },
	{ "{starttls.techniques|re: '-(temp|perm)$'}", RULE_YES },
	{ "{starttls.techniques|all: [request-refused-temp, cap-contradiction]}", RULE_YES },
	{ "{starttls.techniques|all: [request-refused-temp, cap-stripped]}", RULE_NO },
	{ "{starttls.techniques|neq: cap-stripped}", RULE_YES },
	{ "{vlan: 10}", RULE_YES },
	{ "{vlan: 200}", RULE_YES },
	{ "{vlan: 20}", RULE_NO },
	{ "{vlan: '2*'}", RULE_YES },
	{ "{vlan|gt: 150}", RULE_YES },
	{ "{vlan|gt: 200}", RULE_NO },
	{ "{starttls.techniques|gt: 1}", RULE_NO },

	/* addresses */
	{ "{src_ip|cidr: 192.0.2.0/24}", RULE_YES },
	{ "{src_ip|cidr: [10.0.0.0/8, 192.0.2.0/28]}", RULE_YES },
	{ "{src_ip|cidr: 10.0.0.0/8}", RULE_NO },
	{ "{src_ip|cidr: '2001:db8::/32'}", RULE_NO },
	{ "{src_ip|cidr|neq: 10.0.0.0/8}", RULE_YES },
	{ "{app_proto|cidr: 0.0.0.0/0}", RULE_NO },

	/* another field */
	{ "{flow.pkts_toserver|fieldref: flow.pkts_toclient}", RULE_YES },
	{ "{src_port|fieldref: dest_port}", RULE_NO },
	{ "{src_port|fieldref|neq: dest_port}", RULE_YES },
	{ "{app_proto|fieldref: server.name}", RULE_NO },
	{ "{server.name|fieldref: server.name}", RULE_YES },
	{ "{starttls.offered|fieldref: cleartext.credentials}", RULE_NO },
	{ "{starttls.offered|fieldref: cleartext.accepted}", RULE_CANNOT_TELL },
	{ "{cleartext.accepted|fieldref: starttls.offered}", RULE_CANNOT_TELL },
};

static void
detections_are_answered(void **state)
{
	const struct record r = session();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "    a: %s\n    condition: a", rows[i].detection);
		if (kit_ask(text, &r) != rows[i].want)
			fail_msg("%s", rows[i].detection);
	}
}

/* Kleene's tables, over two facts that may be false, unknown or true. */
static void
logic_is_kleenes(void **state)
{
	static const enum fact facts[] = { FACT_FALSE, FACT_UNKNOWN, FACT_TRUE };
	static const char searches[] = "    a: {starttls.offered: true}\n"
	    "    b: {cleartext.credentials: true}\n    condition: ";

	(void)state;
	for (int a = RULE_NO; a <= RULE_YES; a++) {
		for (int b = RULE_NO; b <= RULE_YES; b++) {
			struct record r = { 0 };
			char and[256], or[256], not[256];

			r.seen.offered = facts[a];
			r.seen.credentials = facts[b];
			snprintf(and, sizeof(and), "%sa and b", searches);
			snprintf(or, sizeof(or), "%sa or b", searches);
			snprintf(not, sizeof(not), "%snot a", searches);
			assert_int_equal(kit_ask(and, &r), a < b ? a : b);
			assert_int_equal(kit_ask(or, &r), a > b ? a : b);
			assert_int_equal(kit_ask(not, &r), RULE_YES - a);
		}
	}
}

static void
count_hit(void *ctx, const struct rule *rule)
{
	assert_string_equal(rule->title, "A test");
	++*(unsigned *)ctx;
}

struct totals {
	uint64_t loaded, matched, cannot_tell;
};

static void
take(void *ctx, const char *name, uint64_t value)
{
	struct totals *t = ctx;

	if (strcmp(name, "rules.loaded") == 0)
		t->loaded = value;
	else if (strcmp(name, "rules.matched") == 0)
		t->matched = value;
	else if (strcmp(name, "rules.cannot_tell") == 0)
		t->cannot_tell = value;
	else
		fail_msg("%s", name);
}

/* Silence for want of a fact is counted once a session: when it is over. */
static void
silence_is_counted(void **state)
{
	struct rule_set *set = kit_set("    a: {cleartext.credentials: true}\n"
	    "    condition: a");
	struct record r = { 0 };
	struct totals t = { 0 };
	unsigned hits = 0;

	(void)state;
	rule_set_judge(set, &r, count_hit, &hits);
	r.seen.final = true;
	rule_set_judge(set, &r, count_hit, &hits);
	r.seen.credentials = FACT_FALSE;
	rule_set_judge(set, &r, count_hit, &hits);
	assert_int_equal(hits, 0);
	r.seen.credentials = FACT_TRUE;
	rule_set_judge(set, &r, count_hit, &hits);
	assert_int_equal(hits, 1);
	rule_set_counters(set, take, &t);
	assert_int_equal(t.loaded, 1);
	assert_int_equal(t.matched, 1);
	assert_int_equal(t.cannot_tell, 1);
	rule_set_free(&set);
}

/*
 * The set passes over rules that cannot hold where nothing was found, and over no other; those
 * that cannot hold where something was are not told behind one that found it.
 */
static void
the_set_says_what_the_rule_says(void **state)
{
	static const struct {
		const char *condition;
		bool needs, excludes;
	} cases[] = {
		{ "found", true, false },
		{ "something", true, false },
		{ "nothing", false, true },
		{ "not found", false, false },
		{ "not nothing", true, false },
		{ "not something", false, true },
		{ "smtp", false, false },
		{ "smtp and found", true, false },
		{ "smtp or found", false, false },
		{ "smtp and nothing", false, true },
		{ "smtp or nothing", false, false },
		{ "nothing or not something", false, true },
		{ "not (smtp or nothing)", true, false },
		{ "not (smtp or something)", false, true },
		{ "not (smtp and nothing)", false, false },
		{ "something or found", true, false },
		{ "smtp and (nothing or found)", false, false },
		{ "unknown and found", true, false },
		{ "unknown and nothing", false, true },
	};
	struct record r = session();

	(void)state;
	r.verdict.findings[0].alert = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		struct rule_set *set;
		unsigned hits = 0;

		snprintf(text, sizeof(text), "    found: {starttls.findings|startswith: cap-}\n"
		    "    something: {starttls.findings|exists: true}\n"
		    "    nothing: {starttls.findings: null}\n"
		    "    smtp: {app_proto: smtp}\n"
		    "    unknown: {cleartext.accepted: true}\n"
		    "    condition: %s", cases[i].condition);
		set = kit_set(text);
		rule_set_judge(set, &r, count_hit, &hits);
		assert_int_equal(hits, rule_answer(rule_set_at(set, 0), &r) == RULE_YES);
		if (rule_set_at(set, 0)->if_found != cases[i].needs ||
		    rule_set_at(set, 0)->if_nothing_found != cases[i].excludes)
			fail_msg("%s", cases[i].condition);
		rule_set_free(&set);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detections_are_answered),
		cmocka_unit_test(logic_is_kleenes),
		cmocka_unit_test(silence_is_counted),
		cmocka_unit_test(the_set_says_what_the_rule_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
