/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/json.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "words/field.h"

enum { NAME_SIZE = 64 };

/* The object of that name inside parent, made when it is not there. */
static struct json_object *
child(struct json_object *parent, const char *name)
{
	struct json_object *object;

	if (json_object_object_get_ex(parent, name, &object))
		return object;
	object = json_object_new_object();
	json_object_object_add(parent, name, object);
	return object;
}

/* The object that the last part of a dotted name lies in, and that part. */
static struct json_object *
parent_of(struct json_object *root, const char *name, const char **last_r)
{
	const char *dot;
	char part[NAME_SIZE];

	for (; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
		size_t n = (size_t)(dot - name);

		if (n >= sizeof(part))
			n = sizeof(part) - 1;
		memcpy(part, name, n);
		part[n] = '\0';
		root = child(root, part);
	}
	*last_r = name;
	return root;
}

void
json_put(struct json_object *root, const char *name, struct json_object *value)
{
	const char *last;
	struct json_object *parent = parent_of(root, name, &last);

	json_object_object_add(parent, last, value);
}

void
json_put_text(struct json_object *root, const char *name, const char *text)
{
	json_put(root, name, json_object_new_string(text));
}

void
json_put_number(struct json_object *root, const char *name, uint64_t number)
{
	json_put(root, name, json_object_new_int64((int64_t)number));
}

void
json_put_time(struct json_object *root, const char *name, int64_t at_ns)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(at_ns, text);
	json_put_text(root, name, text);
}

void
json_put_foreign(struct json_object *root, const char *name, const char *text)
{
	char escaped[1024];

	text_escape(escaped, sizeof(escaped), span_text(text));
	json_put_text(root, name, escaped);
}

static struct json_object *
list_value(const struct field_value *value)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < value->count; i++) {
		json_object_array_add(list, value->items[i] != NULL ?
		    json_object_new_string(value->items[i]) :
		    json_object_new_int64(value->numbers[i]));
	}
	return list;
}

static struct json_object *
json_value(const struct field_value *value)
{
	switch (value->type) {
	case FIELD_BOOL:
		return json_object_new_boolean(value->truth);
	case FIELD_NUMBER:
		return json_object_new_int64(value->number);
	case FIELD_STRING:
		return json_object_new_string(value->text);
	case FIELD_LIST:
		break;
	}
	return list_value(value);
}

void
json_put_record(struct json_object *root, const struct record *record)
{
	struct json_object *parent = root;
	const char *before = "";
	size_t before_n = 0;	/* of that name, up to its last part */
	struct field_value value;

	for (size_t i = 0; i < field_count(); i++) {
		const struct field *f = field_at(i);
		const char *name = field_name(f), *last;

		if (!field_get(f, record, &value))
			continue;
		/* neighbours in the table mostly lie in the same object */
		if (strncmp(name, before, before_n) == 0 && strchr(name + before_n, '.') == NULL)
			last = name + before_n;
		else
			parent = parent_of(root, name, &last);
		before = name;
		before_n = (size_t)(last - name);
		/* the table outlives the object, which need not copy its names */
		json_object_object_add_ex(parent, last, json_value(&value),
		    JSON_C_OBJECT_KEY_IS_CONSTANT);
	}
}

const char *
json_line(struct json_object *root, size_t *length_r)
{
	return json_object_to_json_string_length(root,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, length_r);
}

/* The value at a dotted name, or NULL. */
static struct json_object *
value_at(const struct json_object *root, const char *name)
{
	struct json_object *at = (struct json_object *)(uintptr_t)root;
	char part[FIELD_TEXT_SIZE];

	while (at != NULL && *name != '\0') {
		size_t n = strcspn(name, ".");

		snprintf(part, sizeof(part), "%.*s", (int)n, name);
		name += n + (name[n] == '.');
		if (!json_object_object_get_ex(at, part, &at))
			return NULL;
	}
	return at;
}

static bool
read_list(struct json_object *array, struct field_value *v)
{
	size_t count = json_object_array_length(array);

	v->count = count < FIELD_LIST_MAX ? count : FIELD_LIST_MAX;
	for (size_t i = 0; i < v->count; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		v->items[i] = json_object_is_type(item, json_type_int) ? NULL :
		    json_object_get_string(item);
		v->numbers[i] = json_object_get_int64(item);
	}
	return v->count > 0;
}

/* What is of another type than the field's is not there. */
static bool
get_of_json(const void *of, const struct field *f, struct field_value *v)
{
	static const enum json_type types[] = { [FIELD_BOOL] = json_type_boolean,
		[FIELD_NUMBER] = json_type_int, [FIELD_STRING] = json_type_string,
		[FIELD_LIST] = json_type_array };
	struct json_object *value = value_at(of, field_name(f));

	v->type = field_type(f);
	if (value == NULL || !json_object_is_type(value, types[v->type]))
		return false;
	if (v->type == FIELD_LIST)
		return read_list(value, v);
	if (v->type == FIELD_STRING)
		v->text = json_object_get_string(value);
	else if (v->type == FIELD_NUMBER)
		v->number = json_object_get_int64(value);
	else
		v->truth = json_object_get_boolean(value);
	return true;
}

struct fields
fields_of_json(const struct json_object *root)
{
	return (struct fields){ get_of_json, root };
}
