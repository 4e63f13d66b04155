/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/server_json.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

/* Numbers of a server, by name. */
static const struct {
	const char *name;
	size_t offset;
} counts[] = {
	{ "sessions", offsetof(struct server, sessions) },
	{ "offered", offsetof(struct server, offered) },
	{ "upgraded", offsetof(struct server, upgraded) },
	{ "listed", offsetof(struct server, listed) },
	{ "members", offsetof(struct server, members) },
}, times[] = {
	{ "first_seen_ns", offsetof(struct server, first_seen_ns) },
	{ "last_seen_ns", offsetof(struct server, last_seen_ns) },
	{ "first_offer_ns", offsetof(struct server, first_offer_ns) },
	{ "last_promise_ns", offsetof(struct server, last_promise_ns) },
}, sketches[] = {
	{ "everybody", offsetof(struct server, everybody) },
	{ "promised", offsetof(struct server, promised) },
	{ "denied", offsetof(struct server, denied) },
	{ "denied_first", offsetof(struct server, denied_first) },
};

enum {
	COUNTS = sizeof(counts) / sizeof(counts[0]),
	TIMES = sizeof(times) / sizeof(times[0]),
	SKETCHES = sizeof(sketches) / sizeof(sketches[0]),
};

static void
put_number(struct json_object *o, const char *name, int64_t value)
{
	json_object_object_add(o, name, json_object_new_int64(value));
}

static void
put_text(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, json_object_new_string(text));
}

static struct json_object *
sketch_to_json(const struct sketch *s)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (unsigned i = 0; i < sketch_clients(s); i++)
		json_object_array_add(list, json_object_new_int64(s->clients[i]));
	json_object_object_add(o, "clients", list);
	put_number(o, "first_day", s->first_day);
	put_number(o, "last_day", s->last_day);
	return o;
}

static struct json_object *
habit_to_json(const struct habit *h)
{
	struct json_object *o = json_object_new_object();

	put_text(o, "kind", habit_kind_name((enum habit_kind)h->kind));
	put_number(o, "context", h->context);
	put_number(o, "value", h->value);
	put_number(o, "last_ns", h->last_ns);
	json_object_object_add(o, "seen", sketch_to_json(&h->seen));
	return o;
}

struct json_object *
server_to_json(const struct server *s)
{
	struct json_object *o = json_object_new_object(), *habits = json_object_new_array();
	const char *base = (const char *)s;
	char address[ADDRESS_TEXT_SIZE];

	address_format(&s->key.address, address);
	put_text(o, "address", address);
	put_number(o, "port", s->key.port);
	put_text(o, "dialect", s->key.dialect);
	put_text(o, "name", s->key.name);
	for (size_t i = 0; i < COUNTS; i++) {
		uint32_t value;

		memcpy(&value, base + counts[i].offset, sizeof(value));
		put_number(o, counts[i].name, value);
	}
	for (size_t i = 0; i < TIMES; i++) {
		int64_t value;

		memcpy(&value, base + times[i].offset, sizeof(value));
		put_number(o, times[i].name, value);
	}
	for (size_t i = 0; i < SKETCHES; i++) {
		struct sketch sketch;

		memcpy(&sketch, base + sketches[i].offset, sizeof(sketch));
		json_object_object_add(o, sketches[i].name, sketch_to_json(&sketch));
	}
	for (int i = 0; i < HABITS_MAX; i++) {
		if (s->habits[i].kind != HABIT_NONE)
			json_object_array_add(habits, habit_to_json(&s->habits[i]));
	}
	json_object_object_add(o, "habits", habits);
	return o;
}

static bool
get(struct json_object *o, const char *name, enum json_type type, struct json_object **value_r)
{
	return json_object_object_get_ex(o, name, value_r) &&
	    json_object_is_type(*value_r, type);
}

static bool
get_number(struct json_object *o, const char *name, int64_t min, int64_t max, int64_t *value_r)
{
	struct json_object *value;

	if (!get(o, name, json_type_int, &value))
		return false;
	*value_r = json_object_get_int64(value);
	return *value_r >= min && *value_r <= max;
}

static bool
get_text(struct json_object *o, const char *name, char *text_r, size_t size)
{
	struct json_object *value;

	if (!get(o, name, json_type_string, &value) ||
	    (size_t)json_object_get_string_len(value) >= size ||
	    strlen(json_object_get_string(value)) !=
	    (size_t)json_object_get_string_len(value))
		return false;
	text_copy(text_r, size, json_object_get_string(value));
	return true;
}

static bool
sketch_from_json(struct json_object *o, const char *name, struct sketch *s_r)
{
	struct json_object *in, *list;
	int64_t first, last;

	memset(s_r, 0, sizeof(*s_r));
	if (!get(o, name, json_type_object, &in) ||
	    !get(in, "clients", json_type_array, &list) ||
	    json_object_array_length(list) > SKETCH_SIZE ||
	    !get_number(in, "first_day", 0, INT32_MAX, &first) ||
	    !get_number(in, "last_day", first, INT32_MAX, &last))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		int64_t client = json_object_get_int64(json_object_array_get_idx(list, i));

		if (client <= 0 || client > UINT32_MAX)
			return false;
		s_r->clients[i] = (uint32_t)client;
	}
	s_r->first_day = (int32_t)first;
	s_r->last_day = (int32_t)last;
	return true;
}

static bool
habit_from_json(struct json_object *o, struct habit *h_r)
{
	char kind[32];
	int64_t context, value;

	if (!json_object_is_type(o, json_type_object) ||
	    !get_text(o, "kind", kind, sizeof(kind)) ||
	    !get_number(o, "context", 0, UINT32_MAX, &context) ||
	    !get_number(o, "value", 0, UINT32_MAX, &value) ||
	    !get_number(o, "last_ns", 0, INT64_MAX, &h_r->last_ns) ||
	    !sketch_from_json(o, "seen", &h_r->seen))
		return false;
	h_r->kind = (uint8_t)habit_kind_by_name(kind);
	h_r->context = (uint32_t)context;
	h_r->value = (uint32_t)value;
	return h_r->kind != HABIT_NONE;
}

static bool
key_from_json(struct json_object *o, struct server_key *key_r)
{
	char address[ADDRESS_TEXT_SIZE];
	int64_t port;

	if (!get_text(o, "address", address, sizeof(address)) ||
	    !address_parse(address, &key_r->address) ||
	    !get_number(o, "port", 0, UINT16_MAX, &port) ||
	    !get_text(o, "dialect", key_r->dialect, sizeof(key_r->dialect)) ||
	    !get_text(o, "name", key_r->name, sizeof(key_r->name)))
		return false;
	key_r->port = (uint16_t)port;
	return true;
}

static bool
habits_from_json(struct json_object *o, struct server *s)
{
	struct json_object *list;

	if (!get(o, "habits", json_type_array, &list) ||
	    json_object_array_length(list) > HABITS_MAX)
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (!habit_from_json(json_object_array_get_idx(list, i), &s->habits[i]))
			return false;
	}
	return true;
}

bool
server_from_json(struct json_object *o, struct server *s_r)
{
	char *base = (char *)s_r;
	int64_t number;

	memset(s_r, 0, sizeof(*s_r));
	if (!json_object_is_type(o, json_type_object) || !key_from_json(o, &s_r->key))
		return false;
	for (size_t i = 0; i < COUNTS; i++) {
		uint32_t count;

		if (!get_number(o, counts[i].name, 0, UINT32_MAX, &number))
			return false;
		count = (uint32_t)number;
		memcpy(base + counts[i].offset, &count, sizeof(count));
	}
	for (size_t i = 0; i < TIMES; i++) {
		if (!get_number(o, times[i].name, 0, INT64_MAX, &number))
			return false;
		memcpy(base + times[i].offset, &number, sizeof(number));
	}
	for (size_t i = 0; i < SKETCHES; i++) {
		struct sketch sketch;

		if (!sketch_from_json(o, sketches[i].name, &sketch))
			return false;
		memcpy(base + sketches[i].offset, &sketch, sizeof(sketch));
	}
	return habits_from_json(o, s_r);
}
