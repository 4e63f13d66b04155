/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_ECS_H
#define EVENT_ECS_H

#include <json-c/json.h>

#include "base/counter.h"
#include "event/origin.h"
#include "judge/judge.h"
#include "words/record.h"

/*
 * The same events with the names of the Elastic Common Schema, version 8.11: what ECS has a
 * field for stands there, everything else under "stripwatch" by the name of docs/events.md.
 * Each function returns a new object, to be freed with json_object_put().
 */
struct json_object *ecs_session(const struct record *record, const struct origin *origin);

struct json_object *ecs_alert(const struct alert *alert, const struct origin *origin);

/* An event as eve.h makes it, which stays the caller's. */
struct json_object *ecs_from_eve(struct json_object *eve);

/* Where ECS has a field for what EVE calls so: its name (the first, of several), or NULL. */
const char *ecs_name_of(const char *eve_name);

#endif
