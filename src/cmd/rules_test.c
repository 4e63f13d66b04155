/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "stripwatch rules test": what rules say of sessions, and which of their parts decides. The
 * sessions are events, as a SIEM has them; captures become events first, by "read".
 */
#include "cmd/rules_parts.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cmd/options.h"
#include "cmd/read.h"
#include "event/json.h"
#include "judge/rule_trace.h"

enum { PATH_SIZE = 4096, SHOWN_SIZE = 1024, OWN_WORDS = 9, ROOM_AT_FIRST = 1024 };

struct test {
	struct rule_set *rules;
	char **inputs;			/* captures and files of events */
	int input_count;
	char *baseline, *policy;	/* for those captures; NULL: none */
	struct json_object **sessions;
	size_t count, room;
	int status;
};

static const struct option options[] = {
	{ "baseline", required_argument, NULL, 'b' },
	{ "policy", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* --- Sessions --- */

static void
fault(struct test *t, int status)
{
	if (t->status == RULES_FINE)
		t->status = status;
}

static bool
is_session(struct json_object *event)
{
	struct json_object *type;

	return json_object_object_get_ex(event, "event_type", &type) &&
	    strcmp(json_object_get_string(type), "session") == 0;
}

static bool
keep(struct test *t, struct json_object *event)
{
	if (t->count == t->room) {
		size_t room = t->room != 0 ? 2 * t->room : ROOM_AT_FIRST;
		struct json_object **more = reallocarray(t->sessions, room, sizeof(*more));

		if (more == NULL)
			return false;
		t->sessions = more;
		t->room = room;
	}
	t->sessions[t->count++] = event;
	return true;
}

/* One event a line; those of sessions are kept, alerts and figures passed over. */
static void
read_events(struct test *t, FILE *file, const char *name)
{
	char *line = NULL;
	size_t size = 0;
	unsigned number = 0;

	while (getline(&line, &size, file) > 0) {
		struct json_object *event = json_tokener_parse(line);

		number++;
		if (event == NULL || !json_object_is_type(event, json_type_object)) {
			log_warnx("%s:%u: no event as stripwatch writes them (format eve)", name,
			    number);
			fault(t, RULES_WRONG);
			json_object_put(event);
			break;
		}
		if (!is_session(event) || !keep(t, event))
			json_object_put(event);
	}
	free(line);
	if (ferror(file)) {
		log_warn("%s", name);
		fault(t, RULES_WRONG);
	}
}

/* Events begin with a brace, captures never do. */
static bool
holds_events(FILE *file)
{
	int first = getc(file);

	ungetc(first, file);
	return first == '{' || first == EOF;
}

static FILE *
open_events(struct test *t, const char *name)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");

	if (file == NULL) {
		log_warn("%s", name);
		fault(t, RULES_WRONG);
		return NULL;
	}
	if (holds_events(file))
		return file;
	if (file == stdin) {
		log_warnx("standard input: no events; captures are read from files");
		fault(t, RULES_WRONG);
		return NULL;
	}
	fclose(file);
	return NULL;
}

/* An option with its value, where there is one. */
static void
add_option(char **argv, int *argc, char *name, char *value)
{
	if (value == NULL)
		return;
	argv[(*argc)++] = name;
	argv[(*argc)++] = value;
}

/* All captures together, as read would: what one teaches, the others are judged by. */
static int
read_into(struct test *t, char *path, char **captures, int count)
{
	char read[] = "read", format[] = "--format", eve[] = "eve", output[] = "--output",
	    baseline[] = "--baseline", policy[] = "--policy";
	char **argv = calloc((size_t)(OWN_WORDS + count + 1), sizeof(*argv));
	int argc = 0, status;

	if (argv == NULL) {
		log_warn("rules test");
		return EXIT_INTERNAL;
	}
	argv[argc++] = read;
	add_option(argv, &argc, format, eve);
	add_option(argv, &argc, output, path);
	add_option(argv, &argc, baseline, t->baseline);
	add_option(argv, &argc, policy, t->policy);
	for (int i = 0; i < count; i++)
		argv[argc++] = captures[i];
	optind = 0;	/* this, for glibc, is "from the start" */
	status = cmd_read(argc, argv);
	free(argv);
	return status;
}

static void
read_captures(struct test *t, char **captures, int count)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_SIZE];
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "%s/stripwatch-XXXXXX", folder != NULL ? folder : "/tmp");
	fd = mkstemp(path);
	if (fd < 0 || (file = fdopen(fd, "r")) == NULL) {
		log_warn("%s", path);
		fault(t, EXIT_INTERNAL);
		return;
	}
	fault(t, read_into(t, path, captures, count));
	unlink(path);
	read_events(t, file, path);
	fclose(file);
}

static void
read_inputs(struct test *t)
{
	int captures = 0;

	for (int i = 0; i < t->input_count; i++) {
		int before = t->status;
		FILE *file = open_events(t, t->inputs[i]);

		if (file != NULL) {
			read_events(t, file, t->inputs[i]);
			if (file != stdin)
				fclose(file);
		} else if (t->status == before) {
			t->inputs[captures++] = t->inputs[i];
		}
	}
	if (captures > 0)
		read_captures(t, t->inputs, captures);
}

/* --- What rules say of them --- */

static const char *
text_of(const struct fields *session, const char *name, struct field_value *value_r)
{
	const struct field *f = field_find(name);

	return session->get(session->of, f, value_r) && value_r->type == FIELD_STRING ?
	    value_r->text : "?";
}

static long long
number_of(const struct fields *session, const char *name)
{
	struct field_value value;

	return session->get(session->of, field_find(name), &value) ? (long long)value.number : 0;
}

static void
put_session(const struct fields *session, enum rule_answer answer)
{
	static const char *const answers[] = { [RULE_NO] = "no", [RULE_CANNOT_TELL] = "cannot tell",
		[RULE_YES] = "MATCHES" };
	struct field_value proto, from, to;
	char line[SHOWN_SIZE], shown[SHOWN_SIZE];

	snprintf(line, sizeof(line), "%s %s:%lld > %s:%lld",
	    text_of(session, "app_proto", &proto), text_of(session, "src_ip", &from),
	    number_of(session, "src_port"), text_of(session, "dest_ip", &to),
	    number_of(session, "dest_port"));
	text_show(shown, sizeof(shown), span_text(line));
	printf("  %-12s flow %-16lld %s\n", answers[answer], number_of(session, "flow_id"), shown);
}

static void
put_reason(void *ctx, const struct rule_node *node)
{
	const struct field *f = field_find(node->field);
	char line[SHOWN_SIZE], shown[SHOWN_SIZE];

	(void)ctx;
	snprintf(line, sizeof(line), "%s%s%s %s; %s%s", node->detection,
	    node->detection[0] != '\0' ? ": " : "", node->field, node->asked,
	    node->found != NULL ? "it is " : field_type(f) == FIELD_LIST ? "it is empty" :
	    "it is absent", node->found != NULL ? node->found : "");
	text_show(shown, sizeof(shown), span_text(line));
	printf("  %-12s   %s\n", "", shown);
}

static void
no_reason(void *ctx, const struct rule_node *node)
{
	(void)ctx, (void)node;
}

static void
test_rule(const struct test *t, const struct rule *rule)
{
	size_t counts[RULE_YES + 1] = { 0 };
	char title[SHOWN_SIZE];

	text_show(title, sizeof(title), span_text(rule->title));
	printf("%u %s\n", (unsigned)rule->sid, title);
	for (size_t i = 0; i < t->count; i++) {
		const struct fields session = fields_of_json(t->sessions[i]);
		enum rule_answer answer = rule_decide(rule, &session, no_reason, NULL);

		counts[answer]++;
		put_session(&session, answer);
		rule_decide(rule, &session, put_reason, NULL);
	}
	printf("  %zu session%s: %zu MATCHES, %zu no, %zu cannot tell\n", t->count,
	    t->count == 1 ? "" : "s", counts[RULE_YES], counts[RULE_NO],
	    counts[RULE_CANNOT_TELL]);
}

/* --- The command line --- */

/* Rules are folders and files of YAML; everything else is to be tested on. */
static bool
is_of_rules(const char *path)
{
	const char *dot = strrchr(path, '.');
	struct stat st;

	return (dot != NULL && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0)) ||
	    (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static int
load(struct test *t, char **paths)
{
	struct err e;

	for (; *paths != NULL; paths++) {
		if (!is_of_rules(*paths))
			t->inputs[t->input_count++] = *paths;
		else if (rule_set_add_path(t->rules, *paths, &e) == -1)
			goto wrong;
	}
	if (rule_set_count(t->rules) > 0 || rule_set_add_builtin(t->rules, &e) == 0)
		return 0;
wrong:
	log_warnx("%s", e.text);
	return -1;
}

static void
run(struct test *t)
{
	read_inputs(t);
	for (size_t i = 0; i < rule_set_count(t->rules); i++)
		test_rule(t, rule_set_at(t->rules, i));
	for (size_t i = 0; i < t->count; i++)
		json_object_put(t->sessions[i]);
	free(t->sessions);
}

int
rules_test(int argc, char **argv)
{
	static const char command[] = "rules test";
	struct test t = { .rules = rule_set_new(), .inputs = argv, .status = RULES_FINE };
	int option;

	optind = 0;	/* this, for glibc, is "from the start" */
	while ((option = options_next(command, argc, argv, options)) != -1) {
		if (option != 'b' && option != 'p') {
			rule_set_free(&t.rules);
			return option == OPTION_HELP ? options_help(rules_help) : EXIT_USAGE;
		}
		*(option == 'b' ? &t.baseline : &t.policy) = optarg;
	}
	if (load(&t, argv + optind) == -1)
		t.status = RULES_WRONG;
	else if (t.input_count == 0)
		t.status = rules_usage(command, "CAPTURE or EVENTS", "is missing");
	else
		run(&t);
	rule_set_free(&t.rules);
	return t.status == EXIT_USAGE ? t.status : options_finish(t.status);
}
