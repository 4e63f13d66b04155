/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RULE_YAML_H
#define JUDGE_RULE_YAML_H

/*
 * YAML as a small tree with line numbers. Size and depth are bounded, and an
 * alias costs as much as a copy of what it stands for, so a file cannot grow
 * beyond its length ("billion laughs"). Tags and duplicate keys are refused.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

enum rule_node_kind { RULE_TEXT, RULE_LIST, RULE_MAP };

struct rule_node {
	enum rule_node_kind kind;
	unsigned line;			/* from 1 */
	bool quoted;			/* RULE_TEXT: surely a string */
	const char *text;		/* RULE_TEXT */
	size_t count;			/* RULE_LIST, RULE_MAP */
	const struct rule_entry *first;	/* in the order of the file */
	unsigned weight, height;	/* nodes, itself included; levels below it */
};

struct rule_entry {
	const char *key;		/* NULL in a list */
	unsigned line;			/* of the key, or of the item */
	const struct rule_node *value;
	const struct rule_entry *next;
};

/* What an unquoted text means in YAML 1.1, which every other reader of Sigma follows. */
enum rule_plain {
	RULE_PLAIN_TEXT,
	RULE_PLAIN_NULL,
	RULE_PLAIN_FALSE,
	RULE_PLAIN_TRUE,
	RULE_PLAIN_NUMBER,	/* a decimal whole number */
	RULE_PLAIN_OTHER,	/* a date, a fraction, an octal number */
};

struct rule_yaml;

/* The text must outlive the reader; trees belong to the arena. */
struct rule_yaml *rule_yaml_open(const char *file, struct span text, struct arena *arena);
void rule_yaml_close(struct rule_yaml **reader);

/* 1 and the next document (empty ones are skipped), 0 at the end, -1 with FILE:LINE. */
int rule_yaml_next(struct rule_yaml *reader, const struct rule_node **root_r,
    struct err *e);

/* NULL when a map has no such key. */
const struct rule_node *rule_yaml_get(const struct rule_node *map, const char *key);

/* How YAML 1.1 reads a text; the number too, where it is one. */
enum rule_plain rule_yaml_plain(const struct rule_node *text, int64_t *number_r);

#endif
