/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bare text means in YAML 1.1 (yaml.org/type): no is false, and 010 is eight. */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/yaml_tree.h"

static bool
is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(*words, text) == 0)
			return true;
	}
	return false;
}

static bool
is_decimal(const char *text, int64_t *number_r)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	char *end;

	if (digits[0] < '0' || digits[0] > '9' || (digits[0] == '0' && digits[1] != '\0'))
		return false;
	errno = 0;
	*number_r = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool
matches(const char *text, const char *pattern)
{
	regex_t regex;
	bool found;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return true;
	found = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

/* Octal, hexadecimal, base 60, fractions, infinity and dates. */
static bool
is_disguised(const char *text)
{
	static const char *const patterns[] = {
		"^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$",
		"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?$",
		"^[-+]?([0-9][0-9_]*\\.[0-9_]*|\\.[0-9_]+)([eE][-+]?[0-9]+)?$",
		"^[-+]?\\.(inf|Inf|INF|nan|NaN|NAN)$",
		"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?$",
	};

	if (text[0] == '\0' || strchr("+-.0123456789", text[0]) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (matches(text, patterns[i]))
			return true;
	}
	return false;
}

enum tree_plain
yaml_tree_plain(const struct tree_node *text, int64_t *number_r)
{
	static const char *const none[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const yes[] = { "true", "True", "TRUE", "yes", "Yes", "YES",
		"on", "On", "ON", NULL };
	static const char *const no[] = { "false", "False", "FALSE", "no", "No", "NO",
		"off", "Off", "OFF", NULL };

	*number_r = 0;
	if (text->quoted)
		return TREE_PLAIN_TEXT;
	if (is_one_of(text->text, none))
		return TREE_PLAIN_NULL;
	if (is_one_of(text->text, yes))
		return TREE_PLAIN_TRUE;
	if (is_one_of(text->text, no))
		return TREE_PLAIN_FALSE;
	if (is_decimal(text->text, number_r))
		return TREE_PLAIN_NUMBER;
	return is_disguised(text->text) ? TREE_PLAIN_OTHER : TREE_PLAIN_TEXT;
}
