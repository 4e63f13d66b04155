/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_EVENT_LINE_H
#define WORDS_EVENT_LINE_H

#include <stdint.h>

#include "base/span.h"

enum event_type { EVENT_SESSION, EVENT_ALERT, EVENT_STATS, EVENT_TYPES };

/* How events are written; colour is text for a terminal. */
enum format { FORMAT_DEFAULT, FORMAT_EVE, FORMAT_ECS, FORMAT_TEXT, FORMAT_COLOUR, FORMATS };

/*
 * One event on its way out, rendered: what an output needs to know to pass it
 * on or to leave it out, and the text. Flat, so that it can cross to another process.
 */
struct event_line {
	enum event_type type;
	enum format format;
	unsigned severity;	/* of an alert, 1-4; 0 of anything else */
	int64_t at_ns;		/* the event's own time, not the clock's */
	uint64_t number;	/* greater than that of the one before; or 0 */
	unsigned not_for;	/* bits of outputs that have it already */
	struct span text;	/* borrowed; without the end of the line */
};

/* "session", "alert", "stats": event_type as it stands in the event. */
static inline const char *
event_type_name(enum event_type type)
{
	static const char *const names[EVENT_TYPES] = { "session", "alert", "stats" };

	return names[type];
}

#endif
