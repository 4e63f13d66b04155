/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/dialects.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cmd/options.h"
#include "dialect/dialect.h"
#include "judge/applicable.h"
#include "run/read.h"

enum { PORTS_TEXT_SIZE = DIALECT_PORTS_MAX * 6 + 1, COLUMNS = 78, INDENT = 12 };

static void
ports_text(const uint16_t *ports, char *out, size_t size)
{
	size_t n = 0;

	snprintf(out, size, "-");
	for (int i = 0; i < DIALECT_PORTS_MAX && ports[i] != 0 && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%u", i > 0 ? " " : "",
		    (unsigned)ports[i]);
}

/* How wide each column must be. */
struct widths {
	int offer, request;
};

static int
wider(int width, const char *text)
{
	int n = (int)strlen(text);

	return n > width ? n : width;
}

static struct widths
widths_of_all(void)
{
	struct widths w = { 0, 0 };

	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		w.offer = wider(w.offer, (*d)->offer != NULL ? (*d)->offer : "-");
		w.request = wider(w.request, (*d)->request);
	}
	return w;
}

static void
print_row(const struct dialect *d, const struct widths *w)
{
	char ports[PORTS_TEXT_SIZE];

	ports_text(d->ports, ports, sizeof(ports));
	printf("%-11s %-*s %-*s %s", d->name, w->offer, d->offer != NULL ? d->offer : "-",
	    w->request, d->request, ports);
	ports_text(d->implicit_ports, ports, sizeof(ports));
	if (d->implicit_ports[0] != 0)
		printf(" (TLS %s)", ports);
	putchar('\n');
}

/* As many words a line as there is room for. */
static void
print_techniques(const struct dialect *d)
{
	size_t column = (size_t)printf("  %-10s", "techniques");

	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++) {
		const char *id = technique_info((enum technique)t)->id;

		if (!technique_applies((enum technique)t, d))
			continue;
		if (column + strlen(id) >= COLUMNS) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		}
		column += (size_t)printf(" %s", id);
	}
	putchar('\n');
}

static void
print_whole(const struct dialect *d)
{
	char ports[PORTS_TEXT_SIZE];

	printf("%s\n", d->name);
	ports_text(d->ports, ports, sizeof(ports));
	printf("  %-10s %s\n", "ports", ports);
	ports_text(d->implicit_ports, ports, sizeof(ports));
	printf("  %-10s %s\n", "TLS ports", ports);
	printf("  %-10s %s\n", "RFC", d->rfcs[0] != '\0' ? d->rfcs : "-");
	printf("  %-10s %s\n", "offer", d->offer != NULL ? d->offer : "-");
	printf("  %-10s %s\n", "request", d->request);
	printf("  %-10s %s\n", "granted by", d->grant);
	print_techniques(d);
}

static struct json_object *
ports_json(const uint16_t *ports)
{
	struct json_object *array = json_object_new_array();

	for (int i = 0; i < DIALECT_PORTS_MAX && ports[i] != 0; i++)
		json_object_array_add(array, json_object_new_int(ports[i]));
	return array;
}

/* The words of a list with blanks, as numbers. */
static struct json_object *
rfcs_json(const char *list)
{
	struct json_object *array = json_object_new_array();
	char *end;

	for (unsigned long rfc; (rfc = strtoul(list, &end, 10)) > 0; list = end)
		json_object_array_add(array, json_object_new_int64((int64_t)rfc));
	return array;
}

static struct json_object *
techniques_json(const struct dialect *d)
{
	struct json_object *array = json_object_new_array();

	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++) {
		if (technique_applies((enum technique)t, d))
			json_object_array_add(array, json_object_new_string(
			    technique_info((enum technique)t)->id));
	}
	return array;
}

static void
print_json(const struct dialect *d)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(d->name));
	json_object_object_add(o, "ports", ports_json(d->ports));
	json_object_object_add(o, "implicit_ports", ports_json(d->implicit_ports));
	json_object_object_add(o, "rfcs", rfcs_json(d->rfcs));
	if (d->offer != NULL)
		json_object_object_add(o, "offer", json_object_new_string(d->offer));
	json_object_object_add(o, "request", json_object_new_string(d->request));
	json_object_object_add(o, "granted_by", json_object_new_string(d->grant));
	json_object_object_add(o, "techniques", techniques_json(d));
	puts(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static int
print_named(char **names, bool json)
{
	for (char **name = names; *name != NULL; name++) {
		if (dialect_by_name(*name) != NULL)
			continue;
		log_warnx("dialects: there is no dialect %s; \"stripwatch dialects\" lists them",
		    *name);
		return EXIT_USAGE;
	}
	for (; *names != NULL; names++)
		(json ? print_json : print_whole)(dialect_by_name(*names));
	return EXIT_ALL_READ;
}

static void
print_all(bool json)
{
	const struct widths w = widths_of_all();

	if (!json)
		printf("%-11s %-*s %-*s %s\n", "DIALECT", w.offer, "OFFER", w.request, "REQUEST",
		    "PORTS");
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		if (json)
			print_json(*d);
		else
			print_row(*d, &w);
	}
}

static const char help[] =
    "usage: stripwatch dialects [--json] [NAME...]\n\n"
    "Lists the protocols that are followed: how each offers TLS, how it is asked for, and\n"
    "the ports where it is usually spoken. With names: all that is known of these, and the\n"
    "techniques that can be told there.\n\n"
    "  --json      all of it, one JSON object a line\n"
    "  -h, --help  this text\n";

int
cmd_dialects(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, OPTION_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int option, status = EXIT_ALL_READ;
	bool json = false;

	optind = 0;	/* this, for glibc, is "from the start" */
	while ((option = options_next("dialects", argc, argv, options)) != -1) {
		if (option == OPTION_HELP)
			return options_help(help);
		if (option != 'j')
			return EXIT_USAGE;
		json = true;
	}
	if (argv[optind] != NULL)
		status = print_named(argv + optind, json);
	else
		print_all(json);
	return options_finish(status);
}
