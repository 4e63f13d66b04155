/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_SERVER_JSON_H
#define JUDGE_SERVER_JSON_H

#include <stdbool.h>

#include <json-c/json.h>

#include "judge/server.h"

/*
 * What is remembered of a server as JSON: the form in which it is exported and
 * imported. Clients are hashes, never addresses.
 */

/* A new object, the caller's. */
struct json_object *server_to_json(const struct server *s);

/* False when it is no such object: something is missing, of the wrong kind, or out of range. */
bool server_from_json(struct json_object *object, struct server *s_r);

#endif
