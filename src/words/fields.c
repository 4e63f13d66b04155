/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/fields.h"

static bool
get_of_record(const void *of, const struct field *f, struct field_value *value_r)
{
	return field_get(f, of, value_r);
}

struct fields
fields_of_record(const struct record *r)
{
	return (struct fields){ get_of_record, r };
}
