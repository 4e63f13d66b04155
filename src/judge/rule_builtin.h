/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RULE_BUILTIN_H
#define JUDGE_RULE_BUILTIN_H

#include <stddef.h>

/* The shipped rule files, byte for byte: what embed-rules.sh makes of them. */
struct rule_builtin {
	const char *name;		/* "rules/cap_stripped.yml" */
	const unsigned char *bytes;
	size_t size;
};

extern const struct rule_builtin rules_builtin[];
extern const size_t rules_builtin_count;

#endif
