/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_FRAME_H
#define SINK_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "words/event_line.h"

/* How a message is put around an event for its way. */
enum framing {
	FRAMING_BARE,		/* a datagram */
	FRAMING_LINE,		/* ends with a line feed */
	FRAMING_COUNTED,	/* behind its length (RFC 6587 section 3.4.1, RFC 5425) */
};

struct frame_settings {
	bool syslog;		/* with a header of RFC 5424 */
	unsigned facility;	/* ... and this */
	const char *host;	/* ... and this; "-" where it cannot stand in one */
	long process_id;
};

/* What frame_write() writes at most beside the event itself. */
enum { FRAME_EXTRA_MAX = 400 };

/* The message for one event, n bytes at dst_r, which has room for text.n + FRAME_EXTRA_MAX. */
size_t frame_write(char *dst_r, enum framing framing, const struct frame_settings *settings,
    const struct event_line *line);

/* The number of a facility (RFC 5424 section 6.2.1) by its usual name, or -1. */
int frame_facility(struct span name);

#endif
