/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_ORIGIN_H
#define EVENT_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/frame.h"

/* Where events come from: the sensor, its files or interfaces, its taps. All borrowed. */
struct origin {
	const char *host;
	const char *const *source_names;	/* by frame_ref.source */
	size_t source_count;
	const char *const *tap_names;		/* by flow_tuple.tap, or NULL */
	size_t tap_count;
	bool live;				/* the sources are interfaces */
	const char *evidence;			/* folder of the packets of alerts, or NULL */
};

/* The file of a frame, or NULL when there is none of that number. */
static inline const char *
origin_source(const struct origin *o, uint32_t source)
{
	return source < o->source_count ? o->source_names[source] : NULL;
}

/* The name of a tap, or NULL where it has none. */
static inline const char *
origin_tap(const struct origin *o, uint32_t tap)
{
	return o->tap_names != NULL && tap < o->tap_count ? o->tap_names[tap] : NULL;
}

#endif
