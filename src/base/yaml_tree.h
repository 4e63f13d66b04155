/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_YAML_TREE_H
#define BASE_YAML_TREE_H

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

/* Limits of one document; a file beyond them is refused by name. */
enum {
	TREE_NODES_MAX = 4096,		/* an alias is a copy of what it stands for */
	TREE_DEPTH_MAX = 16,		/* nesting */
};

enum tree_node_kind { TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree_node {
	enum tree_node_kind kind;
	unsigned line;			/* from 1 */
	bool quoted;			/* TREE_TEXT: surely a string */
	const char *text;		/* TREE_TEXT */
	size_t count;			/* TREE_LIST, TREE_MAP */
	const struct tree_entry *first;	/* in the order of the file */
	unsigned weight, height;	/* nodes, itself included; levels below it */
};

struct tree_entry {
	const char *key;		/* NULL in a list */
	unsigned line;			/* of the key, or of the item */
	const struct tree_node *value;
	const struct tree_entry *next;
};

/* What an unquoted text means in YAML 1.1, which every other reader of Sigma follows. */
enum tree_plain {
	TREE_PLAIN_TEXT,
	TREE_PLAIN_NULL,
	TREE_PLAIN_FALSE,
	TREE_PLAIN_TRUE,
	TREE_PLAIN_NUMBER,	/* a decimal whole number */
	TREE_PLAIN_OTHER,	/* a date, a fraction, an octal number */
};

struct yaml_tree;

/* The text must outlive the reader; trees belong to the arena. */
struct yaml_tree *yaml_tree_open(const char *file, struct span text, struct arena *arena);
void yaml_tree_close(struct yaml_tree **reader);

/* 1 and the next document (empty ones are skipped), 0 at the end, -1 with FILE:LINE. */
int yaml_tree_next(struct yaml_tree *reader, const struct tree_node **root_r,
    struct err *e);

/* NULL when a map has no such key. */
const struct tree_node *yaml_tree_get(const struct tree_node *map, const char *key);

/* How YAML 1.1 reads a text; the number too, where it is one. */
enum tree_plain yaml_tree_plain(const struct tree_node *text, int64_t *number_r);

#endif
