/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_EVE_H
#define EVENT_EVE_H

#include <json-c/json.h>

#include "base/counter.h"
#include "event/origin.h"
#include "judge/judge.h"
#include "words/record.h"

/*
 * Events shaped like Suricata's EVE, as docs/events.md describes them. Each
 * function returns a new object, to be freed with json_object_put().
 */
struct json_object *eve_session(const struct record *record, const struct origin *origin);

struct json_object *eve_alert(const struct alert *alert, const struct origin *origin);

enum { EVE_ALERT_GID = 1 };

/* What an event has that is about a file or an interface (as in the origin). */
struct json_object *eve_of_source(const char *type, uint32_t source, int64_t at_ns,
    const struct origin *origin);

/* Statistics: begin with the common fields, add counters, say of when they are. */
struct json_object *eve_stats(int64_t at_ns, const struct origin *origin);
void eve_stats_at(struct json_object *stats, int64_t at_ns);
void eve_stats_add(void *stats, const char *name, uint64_t value);	/* a counter_visit */

#endif
