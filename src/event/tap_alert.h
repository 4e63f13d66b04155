/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_TAP_ALERT_H
#define EVENT_TAP_ALERT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "event/origin.h"

/*
 * Alerts about a tap, and not about a connection: it shows so little that the silence of
 * a sensor means nothing. Told when that begins and when it is over.
 */
enum tap_fault {
	TAP_QUIET,		/* no traffic at all */
	TAP_ONE_SIDED,		/* one direction only */
	TAP_LOSSY,
	TAP_FAULTS
};

/* What came by it in some time. */
struct tap_figures {
	uint64_t segments;	/* of TCP, that could be read */
	uint64_t frames;
	uint64_t dropped;	/* ... and those for which the kernel had no room */
	uint64_t sessions;	/* that ended */
	uint64_t one_sided;	/* ... of which only one side was seen */
	uint64_t holed;		/* ... of both sides, with bytes lost or cut */
	uint64_t headless;	/* ... whole but for their beginning */
};

struct tap_alert {
	enum tap_fault fault;
	bool over;
	uint32_t source;	/* the interface, as in struct origin */
	int64_t at_ns;
	uint64_t seconds;	/* that the figures are of */
	struct tap_figures figures;
};

/* Stable for ever. */
unsigned tap_alert_sid(const struct tap_alert *alert);

/* 2 or 3; 4 when it is over. */
unsigned tap_alert_severity(const struct tap_alert *alert);

/* As EVE, docs/events.md: a new object, to be freed with json_object_put(). */
struct json_object *tap_alert_eve(const struct tap_alert *alert, const struct origin *origin);

/* For a person. */
void tap_alert_text(FILE *out, const struct tap_alert *alert, const struct origin *origin,
    bool colour);

#endif
