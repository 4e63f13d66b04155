/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_YAML_CHECK_H
#define BASE_YAML_CHECK_H

#include "base/err.h"
#include "base/yaml_tree.h"

/*
 * What files that a person wrote are checked for, and how they are told: FILE:LINE, the
 * word that is meant (or ""), and what is wrong with it.
 */
int yaml_fault(struct err *e, const char *file, unsigned line, const char *subject,
    const char *what);

/*
 * The node must be a map, and every key of it one of these (the last is NULL). -1 with
 * *e set, which names the known key that is nearest to the wrong one.
 */
int yaml_only_keys(const char *file, const struct tree_node *map, const char *const *keys,
    struct err *e);

/*
 * The word of the list that was probably meant: two slips of the pen away at most, and
 * not more than half of it. NULL when there is none.
 */
const char *yaml_nearest(const char *word, const char *const *words);

#endif
