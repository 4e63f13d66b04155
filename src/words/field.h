/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_FIELD_H
#define WORDS_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/record.h"

/*
 * The fields of a session event, by the dotted names of docs/events.md. One
 * table serves both sides: events are written by walking it, rules look names
 * up in it; so a rule can select on all that an event says, and on nothing else.
 */

enum field_type { FIELD_BOOL, FIELD_NUMBER, FIELD_STRING, FIELD_LIST };

enum { FIELD_TEXT_SIZE = 256, FIELD_LIST_MAX = 8 };

/* One value; strings live in the value itself or in the record. */
struct field_value {
	enum field_type type;
	bool truth;			/* FIELD_BOOL */
	int64_t number;			/* FIELD_NUMBER */
	const char *text;		/* FIELD_STRING */
	size_t count;			/* FIELD_LIST: strings, or numbers where items[i] is NULL */
	const char *items[FIELD_LIST_MAX];
	int64_t numbers[FIELD_LIST_MAX];
	char room[FIELD_TEXT_SIZE];	/* where text that had to be made is kept */
};

struct field;

/* The table, in the order of docs/events.md. */
size_t field_count(void);
const struct field *field_at(size_t index);

/* NULL when events have no such field. */
const struct field *field_find(const char *name);

const char *field_name(const struct field *f);
enum field_type field_type(const struct field *f);

/* Can the field be absent from a session event of a recognised dialect? */
bool field_is_optional(const struct field *f);

/* False when the record does not know it: not seen is not false. */
bool field_get(const struct field *f, const struct record *r,
    struct field_value *value_r);

#endif
