/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_FIELDS_H
#define WORDS_FIELDS_H

#include "words/field.h"

/* Fields of a session, wherever they stand: in a record, or in an event that was stored. */
struct fields {
	bool (*get)(const void *of, const struct field *f, struct field_value *value_r);
	const void *of;
};

struct fields fields_of_record(const struct record *r);

#endif
