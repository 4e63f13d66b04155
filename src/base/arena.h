/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/*
 * Memory for what is read at start-up: taken piece by piece, given back at
 * once. Nothing of the packet path lives here.
 */
struct arena;

struct arena *arena_new(void);

/* Gives everything back and clears the pointer; NULL is fine. */
void arena_free(struct arena **a);

/*
 * Zeroed bytes, aligned for anything. Never NULL: at start-up nothing can be
 * done without memory, so the program says so and aborts.
 */
void *arena_alloc(struct arena *a, size_t n);

/* Copy of n bytes with a NUL behind them. */
char *arena_text(struct arena *a, const char *text, size_t n);

#endif
