/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/rules.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cmd/options.h"
#include "cmd/rules_parts.h"
#include "judge/decision.h"
#include "judge/rule.h"
#include "run/read.h"

enum { FILE_SIZE = 1024, SHOWN_SIZE = 1024 };

const char rules_help[] =
    "usage: stripwatch rules list [--format text|json] [FILE|DIR...]\n"
    "       stripwatch rules check FILE|DIR...\n"
    "       stripwatch rules explain ID|FILE|DIR...\n"
    "       stripwatch rules test [OPTIONS] [FILE.yml|DIR...] CAPTURE|EVENTS|-...\n"
    "\n"
    "list shows the rules that are built in, or those of the files. check says what is\n"
    "wrong with rules of your own; docs/rules.md tells how to write them. explain says in\n"
    "words what a rule asks for: a file's, or a built-in one by its number, UUID or\n"
    "technique. test asks rules (or those built in) about every session of captures, or of\n"
    "events that \"read\" or \"watch\" wrote (- is standard input): which match, which do not,\n"
    "of which they cannot tell, and what decides that.\n"
    "\n"
    "  --format text|json  list: how\n"
    "  --baseline FILE     test: captures are judged by what earlier runs have learnt, too\n"
    "  --policy FILE       test: ... and by where TLS must be, may be, or never is\n"
    "  -h, --help          this text\n"
    "\n"
    "Exit status: 0 all is well, 1 something is wrong with the rules or what they are tested\n"
    "on (named), 2 usage, 3 the output could not be written.\n";

static const struct option list_options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const struct option check_options[] = {
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

int
rules_usage(const char *command, const char *what, const char *why)
{
	log_usage(command, "%.200s %s; see stripwatch rules --help", what, why);
	return EXIT_USAGE;
}

const char *
rules_subject(const struct rule *rule)
{
	return rule->technique != TECHNIQUE_NONE ? technique_info(rule->technique)->id :
	    category_name(rule->category);
}

/* A rule of a technique that the decision table does not know is there before its time. */
static bool
is_looked_for(const struct rule *rule)
{
	return rule->technique == TECHNIQUE_NONE || decision_asks(rule->technique, 0) != NULL;
}

static void
print_text(const struct rule *rule)
{
	char title[SHOWN_SIZE];

	text_show(title, sizeof(title), span_text(rule->title));
	printf("%-8u %-14s %-32s %s%s\n", (unsigned)rule->sid, rule_level_name(rule->level),
	    rules_subject(rule), title, is_looked_for(rule) ? "" : " (not looked for yet)");
}

static void
add_text(struct json_object *object, const char *key, const char *text)
{
	if (text[0] != '\0')
		json_object_object_add(object, key, json_object_new_string(text));
}

static void
print_json(const struct rule *rule)
{
	struct json_object *object = json_object_new_object();
	char file[FILE_SIZE];

	json_object_object_add(object, "sid", json_object_new_int64(rule->sid));
	json_object_object_add(object, "rev", json_object_new_int64(rule->rev));
	add_text(object, "id", rule->id);
	add_text(object, "title", rule->title);
	add_text(object, "level", rule_level_name(rule->level));
	json_object_object_add(object, "severity",
	    json_object_new_int64(rule_severity(rule)));
	add_text(object, "category", category_name(rule->category));
	add_text(object, "technique", technique_info(rule->technique)->id);
	json_object_object_add(object, "looked_for",
	    json_object_new_boolean(is_looked_for(rule)));
	text_escape(file, sizeof(file), span_text(rule->file));
	add_text(object, "file", file);
	puts(json_object_to_json_string_ext(object,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

static int
load(struct rule_set *set, char **paths)
{
	struct err e;

	if (*paths == NULL && rule_set_add_builtin(set, &e) == -1) {
		log_warnx("%s", e.text);
		return -1;
	}
	for (; *paths != NULL; paths++) {
		if (rule_set_add_path(set, *paths, &e) == -1) {
			log_warnx("%s", e.text);
			return -1;
		}
	}
	return 0;
}

static int
list(char **paths, bool json)
{
	struct rule_set *set = rule_set_new();
	int status = RULES_WRONG;

	if (load(set, paths) == 0) {
		if (!json)
			printf("%-8s %-14s %-32s %s\n", "SID", "LEVEL", "TECHNIQUE",
			    "TITLE");
		for (size_t i = 0; i < rule_set_count(set); i++)
			(json ? print_json : print_text)(rule_set_at(set, i));
		status = options_finish(RULES_FINE);
	}
	rule_set_free(&set);
	return status;
}

struct check {
	struct rule_set *set, *builtin;
	unsigned errors, wrong;		/* findings; rules that have some */
	unsigned refused;		/* files that cannot be read */
};

static void
print_finding(void *ctx, enum rule_finding kind, const char *message)
{
	(void)ctx;
	log_warnx("%s%s", kind == RULE_WARNING ? "warning: " : "", message);
}

/* The numbers of shipped rules are known to every SIEM that has seen our alerts. */
static unsigned
check_number(const struct check *c, const struct rule *rule)
{
	const struct rule *shipped = rule_set_by_sid(c->builtin, rule->sid);

	if (shipped == NULL || strcmp(shipped->id, rule->id) == 0)
		return 0;
	log_warnx("%s:%u: sid %u is that of the shipped rule '%s'; take one from 1000000 "
	    "up", rule->file, rule->line, (unsigned)rule->sid, shipped->title);
	return 1;
}

static int
check_file(void *ctx, const char *path, struct err *e)
{
	struct check *c = ctx;
	size_t before = rule_set_count(c->set);

	if (rule_set_add_file(c->set, path, e) == -1) {
		log_warnx("%s", e->text);
		c->refused++;
	}
	for (size_t i = before; i < rule_set_count(c->set); i++) {
		const struct rule *rule = rule_set_at(c->set, i);
		unsigned errors = rule_check(rule, print_finding, NULL) +
		    check_number(c, rule);

		c->errors += errors;
		c->wrong += errors > 0;
	}
	return 0;
}

static int
check(char **paths)
{
	struct check c = { .set = rule_set_new(), .builtin = rule_set_new() };
	struct err e;
	size_t read;

	if (rule_set_add_builtin(c.builtin, &e) == -1)
		log_warnx("%s", e.text);
	for (; *paths != NULL; paths++) {
		if (rule_files_visit(*paths, check_file, &c, &e) == -1) {
			log_warnx("%s", e.text);
			c.refused++;
		}
	}
	read = rule_set_count(c.set);
	printf("rules: %zu fine", read - c.wrong);
	if (c.wrong > 0)
		printf(", %u wrong", c.wrong);
	if (c.refused > 0)
		printf("; files not read whole: %u", c.refused);
	putchar('\n');
	rule_set_free(&c.set);
	rule_set_free(&c.builtin);
	return options_finish(c.errors + c.refused > 0 ? RULES_WRONG : RULES_FINE);
}

static int
run_list(int argc, char **argv)
{
	static const char command[] = "rules list";
	bool json = false;
	int option;

	optind = 0;	/* this, for glibc, is "from the start" */
	while ((option = options_next(command, argc, argv, list_options)) != -1) {
		if (option == OPTION_HELP)
			return options_help(rules_help);
		if (option != 'f')
			return EXIT_USAGE;
		json = strcmp(optarg, "json") == 0;
		if (!json && strcmp(optarg, "text") != 0)
			return rules_usage(command, optarg, "is no format: say text or json");
	}
	return list(argv + optind, json);
}

static int
run_check(int argc, char **argv)
{
	static const char command[] = "rules check";
	int option;

	optind = 0;	/* this, for glibc, is "from the start" */
	while ((option = options_next(command, argc, argv, check_options)) != -1)
		return option == OPTION_HELP ? options_help(rules_help) : EXIT_USAGE;
	return optind < argc ? check(argv + optind) : rules_usage(command, "FILE", "is missing");
}

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
} words[] = {
	{ "list", run_list },
	{ "check", run_check },
	{ "explain", rules_explain },
	{ "test", rules_test },
};

int
cmd_rules(int argc, char **argv)
{
	static const char known[] = "list, check, explain or test";
	const char *word = argc >= 2 ? argv[1] : "";
	char why[64];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].run(argc - 1, argv + 1);
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		return options_help(rules_help);
	if (word[0] == '\0')
		return rules_usage("rules", known, "is missing");
	snprintf(why, sizeof(why), "is none of %s", known);
	return rules_usage("rules", word, why);
}
