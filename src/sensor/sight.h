/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_SIGHT_H
#define SENSOR_SIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "event/tap_alert.h"
#include "run/tally.h"
#include "words/observation.h"

/*
 * Does one tap show enough that silence means something? Shares are taken over windows, which
 * last until there is enough in them, and a fault that was told must be well over before
 * it is told as over: so what hovers about a limit is told once.
 */
enum {
	SIGHT_WINDOW_S = 300,		/* at least; looked at again after as long */
	SIGHT_SESSIONS_MIN = 20,	/* of which a share says something */
	SIGHT_FRAMES_MIN = 1000,	/* ... */
	/* clients that wait for mail speak every half an hour (RFC 9051 section 6.3.13) */
	SIGHT_SETTLE_S = 1800,
	/* shares, in 1/1000: where a fault begins, and below which it is over */
	SIGHT_ONE_SIDED_FROM = 500, SIGHT_ONE_SIDED_TO = 200,
	SIGHT_LOSSY_FROM = 250, SIGHT_LOSSY_TO = 100,
	SIGHT_DROPPED_FROM = 20, SIGHT_DROPPED_TO = 5,
};

struct sight {
	struct tap_figures now;		/* since the start */
	struct tap_figures opened;	/* ... when the window was opened */
	struct tap_figures moved;	/* ... when a segment came last */
	int64_t opened_ns, moved_ns;	/* when that was; 0: not looked at yet */
	int64_t settled_at_ns;		/* packet time from which beginnings must be seen */
	bool told[TAP_FAULTS];
};

/* A process began to look at that time (packet time): what was open then has no beginning. */
void sight_joined(struct sight *s, int64_t at_ns);

/* A session of the tap, as it was observed last. */
void sight_session(struct sight *s, const struct observation *seen);

/* What all workers of the tap have counted, those that are no more with them: before a look. */
void sight_clear(struct sight *s);
void sight_add(struct sight *s, const struct tally *counters);

/*
 * Time has passed (by a clock that never goes back): what begins and what is over, with all
 * but source and at_ns filled in. quiet_s: without a segment for so long it is quiet.
 * Returns how many there are.
 */
unsigned sight_look(struct sight *s, int64_t now_ns, uint64_t quiet_s,
    struct tap_alert alerts_r[TAP_FAULTS]);

#endif
