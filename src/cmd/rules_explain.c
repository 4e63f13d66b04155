/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "stripwatch rules explain": what a rule asks for, in words. */
#include "cmd/rules_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cmd/options.h"
#include "judge/decision.h"
#include "judge/rule_trace.h"

enum { SHOWN_SIZE = 4096, LINE_COLUMNS = 88, INDENT = 2, STEP = 4, NAMES_MAX = 64 };

static const struct option options[] = {
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* Text of a file, broken into lines. */
static void
put_text(unsigned indent, const char *mark, const char *text)
{
	char shown[SHOWN_SIZE];
	unsigned column = indent + (unsigned)strlen(mark);

	text_show(shown, sizeof(shown), span_text(text));
	printf("%*s%s", (int)indent, "", mark);
	for (const char *word = shown + strspn(shown, " "); *word != '\0';) {
		unsigned n = (unsigned)strcspn(word, " ");
		bool first = column == indent + strlen(mark);

		if (!first && column + 1 + n > LINE_COLUMNS) {
			printf("\n%*s", (int)(indent + strlen(mark)), "");
			column = indent + (unsigned)strlen(mark);
			first = true;
		}
		column += (unsigned)printf("%s%.*s", first ? "" : " ", (int)n, word);
		word += n + strspn(word + n, " ");
	}
	putchar('\n');
}

static void
put_list(const char *title, const struct rule_texts *texts)
{
	if (texts->count == 0)
		return;
	printf("\n  %s\n", title);
	for (size_t i = 0; i < texts->count; i++)
		put_text(STEP, "- ", texts->items[i]);
}

static void
put_node(void *ctx, const struct rule_node *node)
{
	static const char *const kinds[] = {
		[RULE_NODE_ALL] = "all of this holds:",
		[RULE_NODE_ONE] = "one of this holds:",
		[RULE_NODE_NOT] = "this does not hold:",
	};
	char name[SHOWN_SIZE] = "";

	(void)ctx;
	if (node->begins_detection)
		text_show(name, sizeof(name), span_text(node->detection));
	printf("%*s", (int)(STEP + STEP * node->depth), "");
	if (node->begins_detection)
		printf("(%s) ", name);
	if (node->kind == RULE_NODE_TEST)
		printf("%s %s\n", node->field, node->asked);
	else
		printf("%s\n", kinds[node->kind]);
}

/* What of it may be unknown, each once. */
struct unknowns {
	const char *names[NAMES_MAX];
	size_t count;
};

static void
note_unknown(void *ctx, const struct rule_node *node)
{
	struct unknowns *u = ctx;
	const struct field *f = node->kind == RULE_NODE_TEST ? field_find(node->field) : NULL;

	if (f == NULL || node->asks_presence || !field_is_optional(f) ||
	    field_type(f) == FIELD_LIST || u->count == NAMES_MAX)
		return;
	for (size_t i = 0; i < u->count; i++) {
		if (strcmp(u->names[i], node->field) == 0)
			return;
	}
	u->names[u->count++] = node->field;
}

static void
put_unknowns(const struct rule *rule)
{
	struct unknowns u = { .count = 0 };

	rule_walk(rule, NULL, note_unknown, &u);
	if (u.count == 0)
		return;
	printf("\n  It cannot tell, and stays silent, where it hangs on one of these that was not "
	    "seen\n");
	for (size_t i = 0; i < u.count; i++)
		printf("    - %s\n", u.names[i]);
}

static void
put_technique(const struct rule *rule)
{
	if (rule->technique == TECHNIQUE_NONE)
		return;
	printf("\n  %s is found by the program itself, which looks for\n", rules_subject(rule));
	for (size_t n = 0; decision_asks(rule->technique, n) != NULL; n++)
		put_text(STEP, "- ", decision_asks(rule->technique, n));
	if (decision_asks(rule->technique, 0) == NULL)
		puts("    - nothing yet: this rule is there before its time");
}

static void
put_attack(const struct rule *rule)
{
	char id[RULE_MITRE_SIZE];
	bool any = false;

	for (size_t i = 0; i < rule->tags.count; i++) {
		if (!rule_mitre_id(rule->tags.items[i], id))
			continue;
		printf("%s%s", any ? ", " : "\n  ATT&CK ", id);
		any = true;
	}
	if (any)
		putchar('\n');
}

static void
explain(const struct rule *rule)
{
	char head[SHOWN_SIZE], file[SHOWN_SIZE];

	snprintf(head, sizeof(head), "%u ", (unsigned)rule->sid);
	put_text(0, head, rule->title);
	text_show(file, sizeof(file), span_text(rule->file));
	printf("  %s, line %u; id %s, revision %u\n", file, rule->line, rule->id,
	    (unsigned)rule->rev);
	printf("  level %s: severity %u; category %s\n\n", rule_level_name(rule->level),
	    rule_severity(rule), category_name(rule->category));
	if (rule->description[0] != '\0')
		put_text(INDENT, "", rule->description);
	puts("\n  It alerts, once for a connection, when");
	rule_walk(rule, NULL, put_node, NULL);
	put_technique(rule);
	put_unknowns(rule);
	put_list("To rule out first", &rule->falsepositives);
	put_list("To read", &rule->references);
	put_attack(rule);
}

/* Is that the number, UUID or technique of the rule? */
static bool
is_called(const struct rule *rule, const char *name)
{
	char sid[16];

	snprintf(sid, sizeof(sid), "%u", (unsigned)rule->sid);
	return strcmp(sid, name) == 0 || strcasecmp(rule->id, name) == 0 ||
	    strcmp(technique_info(rule->technique)->id, name) == 0;
}

/* The built-in ones that are called so, or all of a file: into the set of those to explain. */
static int
explain_named(const char *name, const struct rule_set *builtin, bool *first)
{
	struct rule_set *own = rule_set_new();
	const bool is_path = access(name, F_OK) == 0;
	const struct rule_set *set = is_path ? own : builtin;
	unsigned count = 0;
	struct err e = { "" };

	if (is_path && rule_set_add_path(own, name, &e) == -1)
		log_warnx("%s", e.text);
	for (size_t i = 0; i < rule_set_count(set); i++) {
		const struct rule *rule = rule_set_at(set, i);

		if (!is_path && !is_called(rule, name))
			continue;
		if (!*first)
			putchar('\n');
		*first = false;
		explain(rule);
		count++;
	}
	rule_set_free(&own);
	if (count == 0 && e.text[0] == '\0')
		log_warnx("%.200s: no file, and no number, UUID or technique of a built-in rule; "
		    "see stripwatch rules list", name);
	return count > 0 && e.text[0] == '\0' ? RULES_FINE : RULES_WRONG;
}

int
rules_explain(int argc, char **argv)
{
	static const char command[] = "rules explain";
	struct rule_set *builtin;
	int option, status = RULES_FINE;
	bool first = true;
	struct err e;

	optind = 0;	/* this, for glibc, is "from the start" */
	while ((option = options_next(command, argc, argv, options)) != -1)
		return option == OPTION_HELP ? options_help(rules_help) : EXIT_USAGE;
	if (optind == argc)
		return rules_usage(command, "ID or FILE", "is missing");
	builtin = rule_set_new();
	if (rule_set_add_builtin(builtin, &e) == -1)
		log_warnx("%s", e.text);
	for (int i = optind; i < argc; i++) {
		if (explain_named(argv[i], builtin, &first) != RULES_FINE)
			status = RULES_WRONG;
	}
	rule_set_free(&builtin);
	return options_finish(status);
}
