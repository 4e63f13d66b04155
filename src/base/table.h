/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A bounded table from a hash to an entry of fixed size. Entries live in one
 * block; the one that has not been touched for longest goes when it is full.
 * Hashes are keyed (base/hash.h), so two keys with one hash are not to be feared.
 */
struct table;

/* NULL when memory is short. */
struct table *table_new(size_t entries_max, size_t entry_bytes);

/* The entry of that hash, or NULL. */
void *table_find(const struct table *t, uint64_t hash);

/* The entry of that hash; a new one is zeroed. Touches it. */
void *table_take(struct table *t, uint64_t hash);

/* The entry that has not been touched for longest, and its hash; NULL when there is none. */
void *table_oldest(const struct table *t, uint64_t *hash_r);

/* Remove an entry, if it is there. */
void table_drop(struct table *t, uint64_t hash);

/* Visit every entry, from the longest untouched to the latest. */
void table_each(const struct table *t, void (*visit)(void *ctx, uint64_t hash, void *entry),
    void *ctx);

size_t table_used(const struct table *t);

/* How many entries had to go. */
uint64_t table_evicted(const struct table *t);

void table_free(struct table **t);

#endif
