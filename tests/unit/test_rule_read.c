/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule says about itself, and the message for all that can be wrong with a file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rule_kit.h"

/* A whole rule of which each test changes one line. */
static const char *const lines[] = {
	"title: TLS refused on the submission port",			/* 1 */
	"id: 0b7d1a64-3f0e-4c9b-8a51-4ae1bb0f9a01",
	"status: test",
	"description: |-\n    One line.\n    Another.",			/* 4, 5, 6 */
	"references: ['https://www.rfc-editor.org/rfc/rfc3207']",
	"tags: [attack.t1557, attack.credential-access]",
	"logsource: {product: stripwatch, service: session}",
	"detection:",							/* 10 */
	"    port: {dest_port: 587}",
	"    condition: port",
	"falsepositives: [An overloaded server, A missing key]",
	"level: high",
	"custom: {sid: 1000001, rev: 2, category: policy, technique: cap-stripped}", /* 15 */
};

enum { LINES = sizeof(lines) / sizeof(lines[0]) };

/* The rule with the lines of one key replaced; none when key is NULL. */
static struct span
text_with(char *out, size_t size, const char *key, const char *replacement)
{
	size_t n = 0;

	for (size_t i = 0; i < LINES; i++) {
		bool hit = key != NULL && strncmp(lines[i], key, strlen(key)) == 0;

		n += (size_t)snprintf(out + n, size - n, "%s\n", hit ? replacement : lines[i]);
		assert_true(n < size);
	}
	return span_of(out, n);
}

static void
rules_say_who_they_are(void **state)
{
	struct rule_set *set = rule_set_new();
	const struct rule *rule;
	char text[4096];
	struct err e = { "" };

	(void)state;
	assert_int_equal(rule_set_add(set, "r.yml",
	    text_with(text, sizeof(text), NULL, NULL), &e), 0);
	assert_int_equal(rule_set_count(set), 1);
	rule = rule_set_at(set, 0);
	assert_string_equal(rule->file, "r.yml");
	assert_int_equal(rule->line, 1);
	assert_string_equal(rule->title, "TLS refused on the submission port");
	assert_string_equal(rule->id, "0b7d1a64-3f0e-4c9b-8a51-4ae1bb0f9a01");
	assert_string_equal(rule->status, "test");
	assert_string_equal(rule->description, "One line.\nAnother.");
	assert_int_equal(rule->level, RULE_HIGH);
	assert_int_equal(rule_severity(rule), 1);
	assert_int_equal(rule->sid, 1000001);
	assert_int_equal(rule->rev, 2);
	assert_int_equal(rule->category, CATEGORY_POLICY);
	assert_int_equal(rule->technique, TECHNIQUE_CAP_STRIPPED);
	assert_int_equal(rule->references.count, 1);
	assert_int_equal(rule->tags.count, 2);
	assert_string_equal(rule->tags.items[0], "attack.t1557");
	assert_int_equal(rule->falsepositives.count, 2);
	assert_string_equal(rule->falsepositives.items[1], "A missing key");
	assert_ptr_equal(rule_set_by_sid(set, 1000001), rule);
	assert_null(rule_set_by_sid(set, 1));
	assert_null(rule_set_at(set, 1));
	rule_set_free(&set);
	assert_null(set);
}

struct row {
	const char *key;
	const char *replacement;
	const char *want;
};

static const struct row broken[] = {
	{ "title", "", "r.yml:2: 'title' is missing" },
	{ "title", "title: [a]", "r.yml:1: title must be a text" },
	{ "title", "title: ''", "r.yml:1: title must be a text" },
	{ "title", "title: \"a\\tb\"", "r.yml:1: title holds control characters" },
	{ "title", "title: \"a\\Lb\\e[1m\"", "r.yml:1: title holds control characters" },
	{ "title", "title: \"a\\x9b1m\"", "r.yml:1: title holds control characters" },
	{ "title", "title: a\ntitle: b", "r.yml:2: 'title' stands here twice" },
	{ "title", "titel: a", "r.yml:1: unknown key 'titel'" },
	{ "title", "title: a\ncorrelation: {}", "r.yml:2: unknown key 'correlation'" },
	{ "id", "", "r.yml:1: 'id' is missing" },
	{ "id", "id: 12", "r.yml:2: id must be a UUID (uuidgen makes one)" },
	{ "id", "id: 0b7d1a64-3f0e-4c9b-8a51-4ae1bb0f9a0g",
	    "r.yml:2: id must be a UUID (uuidgen makes one)" },
	{ "status", "status: new", "r.yml:3: status is stable, test, experimental, deprecated or "
	    "unsupported" },
	{ "references", "references: x", "r.yml:7: references must be a list of texts" },
	{ "tags", "tags: [[x]]", "r.yml:8: tags must be a text" },
	{ "tags", "tags: [x, '']", "r.yml:8: tags must be a text" },
	{ "logsource", "", "r.yml:1: 'logsource' is missing" },
	{ "logsource", "logsource: x", "r.yml:9: logsource must hold product and service" },
	{ "logsource", "logsource: {product: windows, service: session}",
	    "r.yml:9: logsource must be product: stripwatch, service: session" },
	{ "logsource", "logsource: {product: stripwatch}",
	    "r.yml:9: logsource must be product: stripwatch, service: session" },
	{ "logsource", "logsource: {product: stripwatch, service: session, category: x}",
	    "r.yml:9: logsource must be product: stripwatch, service: session" },
	{ "level", "", "r.yml:1: 'level' is missing" },
	{ "level", "level: High", "r.yml:14: level is informational, low, medium, high or "
	    "critical" },
	{ "falsepositives", "falsepositives: unlikely",
	    "r.yml:13: falsepositives must be a list of texts" },
	{ "falsepositives", "fields: [dest_port, user]", "r.yml:13: sessions have no field "
	    "'user'" },
	{ "custom", "", "r.yml:1: 'custom' is missing" },
	{ "custom", "custom: 1", "r.yml:15: custom must hold sid, rev and category" },
	{ "custom", "custom: {rev: 1, category: policy}", "r.yml:15: 'sid' is missing" },
	{ "custom", "custom: {sid: 1, category: policy}", "r.yml:15: 'rev' is missing" },
	{ "custom", "custom: {sid: 1, rev: 1}", "r.yml:15: 'category' is missing" },
	{ "custom", "custom: {sid: 0, rev: 1, category: policy}",
	    "r.yml:15: sid must be a whole number above 0" },
	{ "custom", "custom: {sid: '7', rev: 1, category: policy}",
	    "r.yml:15: sid must be a whole number above 0" },
	{ "custom", "custom: {sid: 4294967297, rev: 1, category: policy}",
	    "r.yml:15: sid must be a whole number above 0" },
	{ "custom", "custom: {sid: 1, rev: 1.5, category: policy}",
	    "r.yml:15: rev must be a whole number above 0" },
	{ "custom", "custom: {sid: 1, rev: 1, category: mail}",
	    "r.yml:15: category is downgrade, injection, exposure, tls or policy" },
	{ "custom", "custom: {sid: 1, rev: 1, category: policy, technique: magic}",
	    "r.yml:15: unknown technique 'magic'" },
	{ "custom", "custom: {sid: 1, rev: 1, category: policy, gid: 1}",
	    "r.yml:15: unknown key 'gid'" },
	{ "detection", "detection: x\nfields:", "r.yml:12: fields must be a list of texts" },
	{ "    port", "", "r.yml:12: condition: the name of a detection is expected at 'port'" },
	{ "    condition", "", "r.yml:11: 'condition' is missing" },
	{ "    condition", "    condition: {a: b}", "r.yml:12: a condition is a text" },
	{ "    condition", "    condition: []", "r.yml:12: no condition" },
	{ "    condition", "    timeframe: 5m", "r.yml:12: keyword searches are not read; write "
	    "field: value" },

	/* detections */
	{ "    port", "    port: []", "r.yml:11: an empty detection" },
	{ "    port", "    port: {}", "r.yml:11: an empty detection" },
	{ "    port", "    port: [STARTTLS, AUTH]", "r.yml:11: keyword searches are not read; "
	    "write field: value" },
	{ "    port", "    port: STARTTLS", "r.yml:11: keyword searches are not read; write "
	    "field: value" },
	{ "    port", "    port: {'|all': [a, b]}", "r.yml:11: keyword searches are not read; "
	    "name a field" },
	{ "    port", "    port of: {dest_port: 1}", "r.yml:11: 'port of' cannot name a "
	    "detection" },
	{ "    port", "    all: {dest_port: 1}", "r.yml:11: 'all' cannot name a detection" },
	{ "    port", "    port: {dest_prot: 587}", "r.yml:11: sessions have no field 'dest_prot' "
	    "(docs/events.md lists them)" },
	{ "    port", "    port: {\"a\\e[1m\": 587}", "r.yml:11: sessions have no field "
	    "'a\\x1b[1m' (docs/events.md lists them)" },
	{ "    port", "    port: {dest_port|base64: 587}", "r.yml:11: unknown modifier 'base64' "
	    "(docs/rules.md lists those that are read)" },
	{ "    port", "    port: {app_proto|: smtp}", "r.yml:11: unknown modifier '' "
	    "(docs/rules.md lists those that are read)" },
	{ "    port", "    port: {app_proto|contains|startswith: s}", "r.yml:11: modifier "
	    "'startswith' does not go with those before it" },
	{ "    port", "    port: {app_proto|cased|cased: s}", "r.yml:11: modifier 'cased' does "
	    "not go with those before it" },
	{ "    port", "    port: {app_proto|neq|re: s}", "r.yml:11: modifier 're' must come "
	    "first" },
	{ "    port", "    port: {app_proto|re|cased: s}", "r.yml:11: modifier 'cased' is for "
	    "texts" },
	{ "    port", "    port: {app_proto|i: s}", "r.yml:11: modifier 'i' is for 're'" },
	{ "    port", "    port: {app_proto|exists|neq: true}", "r.yml:11: modifier 'exists' "
	    "stands alone; its value is true or false" },
	{ "    port", "    port: {app_proto|contains|all: s}", "r.yml:11: modifier 'all' wants a "
	    "list of two values or more" },
	{ "    port", "    port: {app_proto|contains|all: [s]}", "r.yml:11: modifier 'all' wants "
	    "a list of two values or more" },

	/* values that do not suit their field */
	{ "    port", "    port: {dest_port: []}", "r.yml:11: an empty list; write null for "
	    "absence" },
	{ "    port", "    port: {dest_port: {a: b}}", "r.yml:11: dest_port: a value is a text, "
	    "a number, true, false or null" },
	{ "    port", "    port: {dest_port: smtp}", "r.yml:11: dest_port needs a whole number" },
	{ "    port", "    port: {dest_port: '25'}", "r.yml:11: dest_port needs a whole number" },
	{ "    port", "    port: {dest_port: 0x19}", "r.yml:11: dest_port needs a whole number" },
	{ "    port", "    port:\n        dest_port:\n            - 25\n            - 2.5",
	    "r.yml:14: dest_port needs a whole number" },
	{ "    port", "    port: {dest_port|contains: 5}", "r.yml:11: dest_port is not a text" },
	{ "    port", "    port: {dest_port|cidr: 10.0.0.0/8}", "r.yml:11: dest_port is not a "
	    "text" },
	{ "    port", "    port: {app_proto|gt: 5}", "r.yml:11: app_proto is not a number" },
	{ "    port", "    port: {starttls.offered|gt: 5}", "r.yml:11: starttls.offered is not a "
	    "number" },
	{ "    port", "    port: {starttls.offered: 1}", "r.yml:11: starttls.offered is true or "
	    "false" },
	{ "    port", "    port: {starttls.offered: 'true'}", "r.yml:11: starttls.offered is "
	    "true or false" },
	{ "    port", "    port: {starttls.offered|exists: 1}", "r.yml:11: exists is true or "
	    "false" },
	{ "    port", "    port: {starttls.offered|neq|startswith: t}", "r.yml:11: "
	    "starttls.offered is not a text" },
	{ "    port", "    port: {starttls.reply: NO}", "r.yml:11: starttls.reply: put 'NO' in "
	    "quotes; bare, YAML does not read it as text" },
	{ "    port", "    port: {starttls.reply: 4.50}", "r.yml:11: starttls.reply: put '4.50' "
	    "in quotes; bare, YAML does not read it as text" },
	{ "    port", "    port: {app_proto|contains: ''}", "r.yml:11: app_proto: an empty text "
	    "is part of every text" },
	{ "    port", "    port: {app_proto|contains: null}", "r.yml:11: app_proto: null takes "
	    "no modifier" },
	{ "    port", "    port: {src_ip|cidr: 10.0.0.1/8}", "r.yml:11: '10.0.0.1/8' is no "
	    "network such as 192.0.2.0/24" },
	{ "    port", "    port: {app_proto|re: '('}", "r.yml:11: regular expression: ( without "
	    ")" },
	{ "    port", "    port: {app_proto|fieldref: nothing}", "r.yml:11: sessions have no "
	    "field 'nothing'" },
	{ "    port", "    port: {app_proto|fieldref: dest_port}", "r.yml:11: app_proto and "
	    "dest_port cannot be compared" },
	{ "    port", "    port: {vlan|fieldref: vlan}", "r.yml:11: vlan and vlan cannot be "
	    "compared" },
};

static void
broken_rules_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct rule_set *set = rule_set_new();
		char text[4096];
		struct err e = { "" };
		int result = rule_set_add(set, "r.yml", text_with(text, sizeof(text),
		    broken[i].key, broken[i].replacement), &e);

		if (result == 0)
			fail_msg("read: %s", broken[i].replacement);
		assert_string_equal(e.text, broken[i].want);
		assert_int_equal(rule_set_count(set), 0);
		rule_set_free(&set);
	}
}

struct file_row {
	const char *text;
	const char *want;
};

static const struct file_row broken_files[] = {
	{ "", "r.yml:1: no rule in this file" },
	{ "# only a remark\n", "r.yml:1: no rule in this file" },
	{ "just words\n", "r.yml:1: a rule is a map that begins with its title" },
	{ "- title: a\n", "r.yml:1: a rule is a map that begins with its title" },
	{ "title: [\n", "r.yml:2: not YAML: did not find expected node content" },
	{ "{}\n", "r.yml:1: 'title' is missing" },
};

static void
broken_files_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken_files) / sizeof(broken_files[0]); i++) {
		struct rule_set *set = rule_set_new();
		struct err e = { "" };

		assert_int_equal(rule_set_add(set, "r.yml", span_text(broken_files[i].text), &e),
		    -1);
		assert_string_equal(e.text, broken_files[i].want);
		rule_set_free(&set);
	}
}

static void
long_texts_are_refused(void **state)
{
	static char text[RULE_FILE_MAX + 1];
	struct rule_set *set = rule_set_new();
	struct err e = { "" };

	(void)state;
	memset(text, '#', sizeof(text));
	assert_int_equal(rule_set_add(set, "r.yml", span_of(text, sizeof(text)), &e), -1);
	assert_string_equal(e.text, "r.yml: longer than 262144 bytes");
	rule_set_free(&set);
}

/* Two documents in one file, then the same numbers again in another. */
static void
numbers_are_given_once(void **state)
{
	struct rule_set *set = rule_set_new();
	char one[4096], two[4096], both[8192 + 8];
	struct err e = { "" };
	int n;

	(void)state;
	text_with(one, sizeof(one), NULL, NULL);
	text_with(two, sizeof(two), "custom", "custom: {sid: 2, rev: 1, category: policy}");
	memcpy(strstr(two, "0b7d1a64"), "ffffffff", 8);
	n = snprintf(both, sizeof(both), "%s---\n%s", one, two);
	assert_int_equal(rule_set_add(set, "a.yml", span_of(both, (size_t)n), &e), 0);
	assert_int_equal(rule_set_count(set), 2);
	assert_int_equal(rule_set_at(set, 1)->line, 17);

	assert_int_equal(rule_set_add(set, "b.yml", span_text(one), &e), -1);
	assert_string_equal(e.text, "b.yml:1: the same id as a.yml:1");
	memcpy(strstr(two, "ffffffff"), "eeeeeeee", 8);
	assert_int_equal(rule_set_add(set, "b.yml", span_text(two), &e), -1);
	assert_string_equal(e.text, "b.yml:1: the same sid as a.yml:17");
	assert_int_equal(rule_set_count(set), 2);
	rule_set_free(&set);
}

static void
attack_tags_become_techniques(void **state)
{
	char id[RULE_MITRE_SIZE];

	(void)state;
	assert_true(rule_mitre_id("attack.t1557", id));
	assert_string_equal(id, "T1557");
	assert_true(rule_mitre_id("attack.t1557.002", id));
	assert_string_equal(id, "T1557.002");
	assert_false(rule_mitre_id("attack.collection", id));
	assert_false(rule_mitre_id("attack.ta0006", id));
	assert_false(rule_mitre_id("attack.t15x", id));
	assert_false(rule_mitre_id("attack.t15571557155715571557", id));
	assert_false(rule_mitre_id("cve.2011-0411", id));
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* A directory gives its *.yml and *.yaml in the order of their names, and nothing else. */
static void
directories_are_read_in_order(void **state)
{
	struct rule_set *set = rule_set_new();
	char directory[] = "rules-XXXXXX", path[64], text[4096];
	struct err e = { "" };

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_int_equal(rule_set_add_path(set, directory, &e), -1);
	assert_non_null(strstr(e.text, "no *.yml or *.yaml file"));

	text_with(text, sizeof(text), NULL, NULL);
	snprintf(path, sizeof(path), "%s/b.yaml", directory);
	write_file(path, text);
	memcpy(strstr(text, "0b7d1a64"), "ffffffff", 8);
	memcpy(strstr(text, "1000001"), "1000002", 7);
	snprintf(path, sizeof(path), "%s/a.yml", directory);
	write_file(path, text);
	snprintf(path, sizeof(path), "%s/notes.txt", directory);
	write_file(path, "no rule");

	assert_int_equal(rule_set_add_path(set, directory, &e), 0);
	assert_int_equal(rule_set_count(set), 2);
	assert_int_equal(rule_set_at(set, 0)->sid, 1000002);
	assert_int_equal(rule_set_at(set, 1)->sid, 1000001);

	unlink(path);
	assert_int_equal(rule_set_add_path(set, path, &e), -1);
	assert_non_null(strstr(e.text, "notes.txt: No such file"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(rule_set_add_path(set, path, &e), -1);
	assert_non_null(strstr(e.text, "notes.txt: not a regular file"));
	unlink(path);
	snprintf(path, sizeof(path), "%s/a.yml", directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/b.yaml", directory);
	unlink(path);
	assert_int_equal(rmdir(directory), 0);
	rule_set_free(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_say_who_they_are),
		cmocka_unit_test(broken_rules_are_named),
		cmocka_unit_test(broken_files_are_named),
		cmocka_unit_test(long_texts_are_refused),
		cmocka_unit_test(numbers_are_given_once),
		cmocka_unit_test(attack_tags_become_techniques),
		cmocka_unit_test(directories_are_read_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
