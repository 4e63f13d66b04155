/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of Sigma and ATT&CK, and what they are in an alert. */
#include "judge/rule.h"

#include <ctype.h>
#include <string.h>

const char *
rule_level_name(enum rule_level level)
{
	static const char *const names[RULE_LEVELS] = {
		[RULE_INFORMATIONAL] = "informational",
		[RULE_LOW] = "low",
		[RULE_MEDIUM] = "medium",
		[RULE_HIGH] = "high",
		[RULE_CRITICAL] = "critical",
	};

	return level < RULE_LEVELS ? names[level] : "";
}

unsigned
rule_severity(const struct rule *rule)
{
	switch (rule->level) {
	case RULE_CRITICAL:
	case RULE_HIGH:
		return 1;
	case RULE_MEDIUM:
		return 2;
	case RULE_LOW:
		return 3;
	default:
		return 4;
	}
}

bool
rule_mitre_id(const char *tag, char id_r[RULE_MITRE_SIZE])
{
	static const char prefix[] = "attack.t";
	size_t n = strlen(prefix);
	const char *digits = tag + n;

	if (strncmp(tag, prefix, n) != 0 || !isdigit((unsigned char)digits[0]) ||
	    digits[strspn(digits, "0123456789.")] != '\0' ||
	    strlen(digits) + 1 >= RULE_MITRE_SIZE)
		return false;
	id_r[0] = 'T';
	memcpy(id_r + 1, digits, strlen(digits) + 1);
	return true;
}
