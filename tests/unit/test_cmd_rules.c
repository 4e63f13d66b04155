/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "stripwatch rules": what it prints, and its exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

#include "cmd/rules.h"

enum { OUTPUT_SIZE = 64 * 1024, ARGS_MAX = 6 };

/* One stream caught in a file that has no name. */
struct caught {
	FILE *stream, *file;
	int saved;
};

static struct caught
catch(FILE *stream)
{
	struct caught c = { stream, tmpfile(), dup(fileno(stream)) };

	assert_non_null(c.file);
	fflush(stream);
	assert_true(dup2(fileno(c.file), fileno(stream)) >= 0);
	return c;
}

static void
release(struct caught *c, char *text_r)
{
	size_t n;

	fflush(c->stream);
	assert_true(dup2(c->saved, fileno(c->stream)) >= 0);
	close(c->saved);
	rewind(c->file);
	n = fread(text_r, 1, OUTPUT_SIZE - 1, c->file);
	text_r[n] = '\0';
	fclose(c->file);
}

/* Runs the command with words that a space separates. */
static int
run(const char *words, char *out_r, char *err_r)
{
	char text[256], *argv[ARGS_MAX + 1] = { NULL };
	struct caught out = catch(stdout), err = catch(stderr);
	int argc = 0, status;

	snprintf(text, sizeof(text), "%s", words);
	for (char *word = text; word != NULL && argc < ARGS_MAX;) {
		char *space = strchr(word, ' ');

		if (space != NULL)
			*space++ = '\0';
		argv[argc++] = word;
		word = space;
	}
	status = cmd_rules(argc, argv);
	release(&err, err_r);
	release(&out, out_r);
	return status;
}

static unsigned
count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
list_shows_what_is_built_in(void **state)
{
	static char out[OUTPUT_SIZE], err[OUTPUT_SIZE];
	unsigned rules;

	(void)state;
	assert_int_equal(run("rules list", out, err), 0);
	assert_string_equal(err, "");
	assert_non_null(strstr(out, "\n1027     high           cap-stripped          "
	    "           Server does not offer TLS where it was to be expected\n"));
	assert_non_null(strstr(out, "\n1100     low            exposure "));
	/* the catalogue is ahead of the decision table */
	assert_non_null(strstr(out, " (not looked for yet)\n"));
	rules = count_lines(out) - 1;

	assert_int_equal(run("rules list --format json", out, err), 0);
	assert_int_equal(count_lines(out), rules);
	assert_non_null(strstr(out, "{\"sid\":1027,\"rev\":3,\"id\":\""));
	assert_non_null(strstr(out, "\"level\":\"high\",\"severity\":1,\"category\":\"downgrade\","
	    "\"technique\":\"cap-stripped\",\"looked_for\":true,"
	    "\"file\":\"rules/cap_stripped.yml\"}\n"));
}

static void
shipped_files_are_fine(void **state)
{
	static char out[OUTPUT_SIZE], err[OUTPUT_SIZE];
	const char *top = getenv("top_srcdir");
	char command[256];

	(void)state;
	snprintf(command, sizeof(command), "rules check %s/rules", top != NULL ? top : ".");
	assert_int_equal(run(command, out, err), 0);
	assert_string_equal(err, "");
	assert_non_null(strstr(out, " fine\n"));
}

static const char two_rules[] =
    "title: Fine\n"
    "id: 6d1f2b7e-0001-4a7b-9a55-000000000001\n"
    "level: low\n"
    "falsepositives: [none]\n"
    "logsource: {product: stripwatch, service: session}\n"
    "custom: {sid: 1000000, rev: 1, category: policy}\n"
    "detection: {a: {dest_port: 25}, condition: a}\n"
    "---\n"
    "title: Not fine\n"
    "id: 6d1f2b7e-0001-4a7b-9a55-000000000002\n"
    "level: low\n"
    "falsepositives: [none]\n"
    "logsource: {product: stripwatch, service: session}\n"
    "custom: {sid: 1001, rev: 1, category: policy}\n"
    "detection: {a: {starttls.offered: true}, condition: not a}\n"
    "---\n"
    "title: No rule\n";

static void
check_names_what_is_wrong(void **state)
{
	static char out[OUTPUT_SIZE], err[OUTPUT_SIZE];
	char name[] = "rules-XXXXXX", command[64], want[1024];
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, two_rules, sizeof(two_rules) - 1), sizeof(two_rules) - 1);
	close(fd);
	snprintf(command, sizeof(command), "rules check %s", name);
	assert_int_equal(run(command, out, err), 1);
	unlink(name);
	assert_string_equal(out, "rules: 1 fine, 1 wrong; files not read whole: 1\n");
	snprintf(want, sizeof(want),
	    "stripwatch: %s:17: 'id' is missing\n"
	    "stripwatch: %s:15: starttls.offered is negated and may be absent, which a SIEM takes "
	    "for a match: add 'starttls.offered|exists: true'\n"
	    "stripwatch: %s:9: sid 1001 is that of the shipped rule 'Two versions of the same "
	    "bytes in one connection'; take one from 1000000 up\n", name, name, name);
	assert_string_equal(err, want);
}

static void
mistakes_are_told(void **state)
{
	static const struct {
		const char *words;
		int status;
	} rows[] = {
		{ "rules", 2 },
		{ "rules frobnicate", 2 },
		{ "rules check", 2 },
		{ "rules check --all", 2 },
		{ "rules list --format xml", 2 },
		{ "rules list --colour", 2 },
		{ "rules list --format", 2 },
		{ "rules list --help=me", 2 },
		{ "rules list -x", 2 },
		{ "rules list ./no-such-file.yml", 1 },
		{ "rules check ./no-such-file.yml", 1 },
	};
	static char out[OUTPUT_SIZE], err[OUTPUT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(run(rows[i].words, out, err), rows[i].status);
		assert_string_not_equal(err, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_shows_what_is_built_in),
		cmocka_unit_test(shipped_files_are_fine),
		cmocka_unit_test(check_names_what_is_wrong),
		cmocka_unit_test(mistakes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
