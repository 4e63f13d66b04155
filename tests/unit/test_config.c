/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: what it sets, what is wrong with it, and what is shown of it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "run/config_file.h"

static int
read_into(struct settings *s, const char *text, struct err *e)
{
	e->text[0] = '\0';
	settings_init(s, SETTINGS_FOR_WATCH);
	return config_read_text(s, "site.yaml", span_text(text), e);
}

static void
what_a_file_says_is_set(void **state)
{
	static const char text[] =
	    "interfaces:\n"
	    "  - {name: eth0, tap: outside}\n"
	    "  - inside=eth1\n"
	    "workers: 4\n"
	    "ports: 25,587\n"
	    "promiscuous: no\n"
	    "rules: /etc/stripwatch/rules\n"
	    "home-networks: [192.0.2.0/24, '2001:db8::/32']\n"
	    "excerpts: verbs\n"
	    "policy:\n"
	    "limits: {servers: 100}\n";
	struct settings s;
	struct err e;

	(void)state;
	assert_int_equal(read_into(&s, text, &e), 0);
	assert_int_equal(s.interfaces.count, 2);
	assert_string_equal(s.interfaces.items[0].name, "eth0");
	assert_string_equal(s.interfaces.items[0].tap, "outside");
	assert_string_equal(s.interfaces.items[1].name, "eth1");
	assert_string_equal(s.interfaces.items[1].tap, "inside");
	assert_int_equal(s.workers, 4);
	assert_string_equal(s.ports, "25,587");
	assert_false(s.promiscuous);
	assert_int_equal(s.rules.count, 1);
	assert_int_equal(s.home.count, 2);
	assert_int_equal(s.home.items[1].bits, 32);
	assert_int_equal(s.excerpts, EXCERPTS_VERBS);
	assert_null(s.policy);
	assert_int_equal(s.limits.servers, 100);
	/* and what it does not say is as before */
	assert_int_equal(s.snaplen, 2048);
	assert_true(s.sandbox);
	settings_release(&s);
}

static void
an_empty_file_says_nothing(void **state)
{
	struct settings s;
	struct err e;

	(void)state;
	assert_int_equal(read_into(&s, "", &e), 0);
	settings_release(&s);
	assert_int_equal(read_into(&s, "# nothing\nlimits:\n", &e), 0);
	assert_int_equal(s.workers, 1);
	settings_release(&s);
}

static void
faults_are_told_with_their_line(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "workers: 2\nworker: 2\n",
		    "site.yaml:2: worker is no key that is known here; is it workers?" },
		{ "limits:\n  server: 1\n",
		    "site.yaml:2: server is no key that is known here; is it servers?" },
		{ "servers: 1\n", "site.yaml:1: servers is no key that is known here" },
		{ "limits: 5\n", "site.yaml:1: a map of keys is wanted here" },
		{ "\n\nworkers: many\n", "site.yaml:3: workers many: say a number from 1 to 32" },
		{ "workers: 33\n", "site.yaml:1: workers 33: say a number from 1 to 32" },
		{ "workers: [1]\n", "site.yaml:1: workers wants one value" },
		{ "promiscuous: maybe\n", "site.yaml:1: promiscuous maybe: say true or false" },
		{ "excerpts: some\n", "site.yaml:1: excerpts some: say full, verbs or off" },
		{ "ports: smtp\n", "site.yaml:1: ports smtp: say all, dialect, or ports from 1 to "
		    "65535 such as 25,587,2000-2010" },
		{ "home-networks:\n- 192.0.2.0/24\n- 192.0.2.1/24\n", "site.yaml:3: home-networks "
		    "192.0.2.1/24: say a network such as 192.0.2.0/24 or 2001:db8::/32" },
		{ "interfaces:\n- eth0\n- eth0\n", "site.yaml:3: interfaces eth0: eth0 is named "
		    "twice" },
		{ "interfaces:\n- {name: eth0, tab: a}\n",
		    "site.yaml:2: tab is no key that is known here; is it tap?" },
		{ "interfaces: [eth0, any]\n", "site.yaml:1: interfaces any: any is no "
		    "interface; name each of them" },
		{ "interfaces: {tap: a}\n", "site.yaml:1: name is missing" },
		{ "interfaces: [a=eth0, eth1]\n",
		    "site.yaml: interfaces: name a tap for each of them, or for none" },
		{ "workers: 1\nworkers: 2\n", "site.yaml:2: 'workers' stands here twice" },
		{ "- workers\n", "site.yaml:1: a map of keys is wanted here" },
		{ "workers: 1\n---\nworkers: 2\n",
		    "site.yaml:3: a configuration is one document" },
		{ "outputs:\n- '-'\n- {to: 'file:a', sise: 1M}\n",
		    "site.yaml:3: outputs file:a: sise: there is no such key; docs/outputs.md has "
		    "all of them" },
		{ "outputs: {to: 'unix:a', size: 1M}\n",
		    "site.yaml:1: outputs unix:a: size: this kind of output knows no such key" },
		{ "outputs: {types: alert}\n", "site.yaml:1: to is missing: where events go" },
		{ "outputs: {to: 'file:a?size=1M'}\n",
		    "site.yaml:1: file:a?size=1M has a ?; keys stand beside \"to\" here" },
		{ "outputs: {to: a,\n types: {alert: 1}}\n",
		    "site.yaml:2: types wants one value, or a list of them" },
		{ "outputs: '-?format=xml'\n",
		    "site.yaml:1: outputs -?format=xml: format: xml: say eve, ecs or text" },
		{ "user: ''\n", "site.yaml:1: user: say something, or leave it out" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct settings s;
		struct err e;

		assert_int_equal(read_into(&s, rows[i].text, &e), -1);
		assert_string_equal(e.text, rows[i].want);
		settings_release(&s);
	}
}

static void
maps_of_outputs_become_descriptions(void **state)
{
	static const char text[] =
	    "outputs:\n"
	    "- to: /var/log/100% sure.json\n"
	    "  types: [alert, stats]\n"
	    "  severity: 2\n"
	    "- to: file:/var/log/eve.json\n"
	    "- {to: '-', format: text}\n"
	    "- to: syslog+tls:[2001:db8::1]:6514\n"
	    "  ca: /etc/ssl/our & their.pem\n"
	    "- unix:/run/x.sock?name=x\n";
	static const char *const want[] = {
		"file:/var/log/100%25%20sure.json?types=alert,stats&severity=2",
		"file:/var/log/eve.json",
		"-?format=text",
		"syslog+tls:[2001:db8::1]:6514?ca=/etc/ssl/our%20%26%20their.pem",
		"unix:/run/x.sock?name=x",
	};
	struct settings s;
	struct err e;

	(void)state;
	assert_int_equal(read_into(&s, text, &e), 0);
	assert_int_equal(s.outputs.count, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < s.outputs.count; i++)
		assert_string_equal(s.outputs.items[i], want[i]);
	settings_release(&s);
}

/* The settings as a file; to be freed. */
static char *
shown(const struct settings *s)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct err e;

	assert_non_null(out);
	assert_int_equal(config_write(s, out, &e), 0);
	fclose(out);
	return text;
}

static void
what_is_shown_reads_back(void **state)
{
	static const char text[] =
	    "interfaces: [\"a b=eth0\", 'no=eth1']\n"
	    "rules: [\"a: b\", '# x', \"tab\\there\", \"\\u2028\", \"no\", \"12\", ' x ']\n"
	    "filter: \"port 25 or\\n port 587\"\n"
	    "home-networks: ['::/0', 0.0.0.0/0]\n"
	    "policy: '~'\n";
	struct settings s, again;
	struct err e;
	char *once, *twice;

	(void)state;
	assert_int_equal(read_into(&s, text, &e), 0);
	once = shown(&s);
	assert_int_equal(read_into(&again, once, &e), 0);
	twice = shown(&again);
	assert_string_equal(once, twice);
	assert_int_equal(again.rules.count, 7);
	for (size_t i = 0; i < s.rules.count; i++)
		assert_string_equal(again.rules.items[i], s.rules.items[i]);
	assert_string_equal(again.filter, s.filter);
	assert_string_equal(again.policy, "~");
	assert_non_null(strstr(once, "- 'no'\n"));
	free(once);
	free(twice);
	settings_release(&s);
	settings_release(&again);
}

static void
every_key_has_an_option_of_its_own(void **state)
{
	const struct settings_key *key;

	(void)state;
	for (size_t i = 0; (key = settings_key(i)) != NULL; i++)
		assert_true(key->option == NULL || settings_key_of_option(key->option) == key);
	assert_null(settings_key_of_option("nothing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_file_says_is_set),
		cmocka_unit_test(an_empty_file_says_nothing),
		cmocka_unit_test(faults_are_told_with_their_line),
		cmocka_unit_test(maps_of_outputs_become_descriptions),
		cmocka_unit_test(what_is_shown_reads_back),
		cmocka_unit_test(every_key_has_an_option_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
