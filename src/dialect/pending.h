/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_PENDING_H
#define DIALECT_PENDING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Commands without an answer yet, oldest first: with pipelining an answer
 * belongs to the oldest of them. Runs of one kind (a thousand RCPT) take one
 * place. A kind is the dialect's own number, 1..255.
 */
enum { PENDING_RUNS_MAX = 32 };

struct pending {
	struct {
		uint8_t kind;
		uint16_t count;
	} runs[PENDING_RUNS_MAX];
	uint8_t first, used;
};

/* False when there is no room: answers can no longer be told apart. */
bool pending_add(struct pending *p, uint8_t kind);

/* The oldest kind, 0 when nothing is pending. */
uint8_t pending_oldest(const struct pending *p);

/* Take away the oldest; nothing happens when nothing is pending. */
void pending_drop(struct pending *p);

/* Is one of that kind anywhere in it? */
bool pending_holds(const struct pending *p, uint8_t kind);

/* Take away those of that kind that are the oldest: they are never answered. */
void pending_skip(struct pending *p, uint8_t kind);

/* Take away all that are older than the first of that kind; false when there is none. */
bool pending_find(struct pending *p, uint8_t kind);

/* Is there exactly one? */
bool pending_is_one(const struct pending *p);

/* Forget all. */
void pending_clear(struct pending *p);

#endif
