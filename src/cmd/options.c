/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/options.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "run/config_file.h"
#include "run/read.h"

const char *
options_name(const struct option *options, int value)
{
	for (; options->name != NULL; options++) {
		if (options->val == value)
			return options->name;
	}
	return NULL;
}

/* ":hi:w:": those whose value is a letter can be written with it. */
static void
short_options(const struct option *options, char *text_r, size_t size)
{
	size_t n = 0;

	text_r[n++] = ':';
	for (; options->name != NULL && n + 3 < size; options++) {
		if (options->val > UINT8_MAX)
			continue;
		text_r[n++] = (char)options->val;
		if (options->has_arg == required_argument)
			text_r[n++] = ':';
	}
	text_r[n] = '\0';
}

/* getopt's own messages name neither the program nor the subcommand. */
static int
next_option(int argc, char **argv, const struct option *options)
{
	char letters[64];

	short_options(options, letters, sizeof(letters));
	opterr = 0;
	return getopt_long(argc, argv, letters, options, NULL);
}

int
options_next(const char *command, int argc, char **argv, const struct option *options)
{
	const char *name;
	int got;

	got = next_option(argc, argv, options);
	if (got != ':' && got != '?')
		return got;
	name = optopt != 0 ? options_name(options, optopt) : NULL;
	if (got == ':')
		log_usage(command, "--%s needs a value; see stripwatch %s --help", name, command);
	else if (name != NULL)
		log_usage(command, "--%s takes no value; see stripwatch %s --help", name, command);
	else if (optopt != 0)
		log_usage(command, "there is no option -%c; see stripwatch %s --help", optopt,
		    command);
	else
		log_usage(command, "there is no option %.200s; see stripwatch %s --help",
		    argv[optind - 1], command);
	return OPTION_WRONG;
}

/* The list of a key, emptied of what a file said. */
static void
begin_list(struct settings *s, const struct settings_key *key)
{
	if (key->kind == SETTINGS_TEXTS && s->rules.of_file)
		s->rules = (struct text_list){ .count = 0 };
	if (key->kind == SETTINGS_OUTPUTS && s->outputs.of_file)
		s->outputs = (struct text_list){ .count = 0 };
	if (key->kind == SETTINGS_NETWORKS && s->home.of_file)
		s->home = (struct network_list){ .count = 0 };
	if (key->kind == SETTINGS_INTERFACES && s->interfaces.of_file)
		s->interfaces = (struct interface_list){ .count = 0 };
}

int
options_set(const char *command, struct settings *s, const char *name, const char *value)
{
	bool negated = value == NULL && strncmp(name, "no-", 3) == 0;
	const struct settings_key *key = settings_key_of_option(name + (negated ? 3 : 0));
	struct err e;

	if (key == NULL)
		return -1;	/* a message has said what is wrong */
	settings_note_place(s, key, NULL, 0);
	if (value == NULL)
		return settings_set(s, key, negated ? "false" : "true", &e);
	begin_list(s, key);
	if (settings_set(s, key, value, &e) == 0)
		return 0;
	log_usage(command, "--%s %.200s: %.200s", name, value, e.text);
	return -1;
}

/* The value of the last --config, or NULL. getopt sorts what it is given, so that is a copy. */
static const char *
config_path(int argc, char **argv, const struct option *options)
{
	char **sorted = calloc((size_t)argc + 1, sizeof(*sorted));
	const char *path = NULL;
	int got;

	if (sorted == NULL)
		return NULL;
	memcpy(sorted, argv, (size_t)argc * sizeof(*sorted));
	while ((got = next_option(argc, sorted, options)) != -1) {
		if (got == OPTION_CONFIG)
			path = optarg;
	}
	optind = 0;	/* this, for glibc, is "from the start" */
	free(sorted);
	return path;
}

int
options_config(const char *command, int argc, char **argv, const struct option *options,
    struct settings *s)
{
	const char *path = config_path(argc, argv, options);
	struct err e;

	if (path == NULL || config_read(s, path, &e) == 0)
		return 0;
	log_usage(command, "%s", e.text);
	return -1;
}

/* The value of --limit: "NAME=N". 0, or -1 after a message. */
static int
set_limit(const char *command, struct settings *s, const char *value)
{
	const char *equals = strchr(value, '=');
	const struct settings_key *key = NULL;
	char name[40];
	struct err e;

	if (equals != NULL && (size_t)(equals - value) < sizeof(name)) {
		text_copy(name, (size_t)(equals - value) + 1, value);
		key = settings_key_of_limit(name);
	}
	if (equals == NULL)
		log_usage(command,
		    "--limit %.60s is not NAME=N; see stripwatch read --limit help", value);
	else if (key == NULL)
		log_usage(command,
		    "there is no limit %.60s; see stripwatch read --limit help", value);
	else if (settings_set(s, key, equals + 1, &e) < 0)
		log_usage(command, "--limit %s %.60s: %.200s", name, equals + 1, e.text);
	else
		return 0;
	return -1;
}

int
options_take(struct options_taken *t, int name, const char *value)
{
	switch (name) {
	case OPTION_LIMIT:
		t->limits_help = t->limits_help || strcmp(value, "help") == 0;
		return t->limits_help ? 0 : set_limit(t->command, t->settings, value);
	case OPTION_CONFIG:
		return 0;	/* it was read before all others */
	case OPTION_HELP:
		t->help = true;
		return 0;
	case OPTION_WRONG:
		return -1;	/* a message has said what is wrong */
	default:
		return options_set(t->command, t->settings, options_name(t->options, name), value);
	}
}

int
options_limits_help(void)
{
	const struct settings_key *key;
	struct settings s;

	settings_init(&s, SETTINGS_FOR_READ);
	printf("%-17s %10s %7s %11s\n", "name", "default", "min", "max");
	for (size_t i = 0; (key = settings_key(i)) != NULL; i++) {
		const char *name = key->words != NULL ? strchr(key->name, '.') + 1 : NULL;
		char normal[24] = "-";
		size_t value;

		if (name == NULL)
			continue;
		memcpy(&value, (const char *)&s + key->offset, sizeof(value));
		if (value != 0)
			snprintf(normal, sizeof(normal), "%zu", value);
		printf("%-17s %10s %7zu %11zu  %s\n", name, normal, key->min, key->max,
		    key->words);
	}
	settings_release(&s);
	return options_finish(EXIT_ALL_READ);
}

int
options_help(const char *text)
{
	fputs(text, stdout);
	return options_finish(EXIT_ALL_READ);
}

int
options_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	log_warn("standard output: cannot be written");
	return EXIT_INTERNAL;
}
