/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "words/fields.h"
#include "words/record.h"

/* Put a value at a dotted name, making the objects on the way. Takes the value over. */
void json_put(struct json_object *root, const char *name, struct json_object *value);

void json_put_text(struct json_object *root, const char *name, const char *text);
void json_put_number(struct json_object *root, const char *name, uint64_t number);

/* A time as EVE writes it. */
void json_put_time(struct json_object *root, const char *name, int64_t at_ns);

/* Text that did not come through text_escape(), such as a file's name. */
void json_put_foreign(struct json_object *root, const char *name, const char *text);

/* Every field of the record that is known. */
void json_put_record(struct json_object *root, const struct record *record);

/* The fields of an event that was read back; the object stays the caller's. */
struct fields fields_of_json(const struct json_object *root);

/* One line without its end; belongs to the object. */
const char *json_line(struct json_object *root, size_t *length_r);

#endif
