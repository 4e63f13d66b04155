/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_BOUNDARY_H
#define SESSION_BOUNDARY_H

#include "session/talk.h"

/*
 * The TLS boundary, judged once for all dialects: what comes behind a request
 * and behind its acceptance is TLS, or it is evidence.
 */

/* Bytes that belong to one flight: sent this soon, they were not an answer to anything. */
#define BOUNDARY_FLIGHT_NS (2 * INT64_C(1000000000))

enum boundary {
	BOUNDARY_CLEAR,		/* the dialect's bytes */
	BOUNDARY_TLS,		/* TLS begins here */
	BOUNDARY_WAIT,		/* too few bytes to tell */
};

/* What are the bytes at the front of this side's next unit? */
enum boundary boundary_look(struct conversation *c, enum side from, struct span in);

/* Before a client's unit is read: was it waiting for an answer, or is it one? */
void boundary_before_unit(struct conversation *c, enum side from);

/* After a unit was read: was it on the wrong side, and did it move the boundary? */
void boundary_after_unit(struct conversation *c, enum side from,
    const struct unit_start *began, struct span unit);

/* Of bytes as they were on the wire, what may be quoted as evidence: not what a client sent. */
struct span boundary_quotable(const struct conversation *c, struct span wire);

/*
 * The first byte, among those in front, that nobody could have typed; empty when it is clear
 * text, or the start of a BER message.
 */
struct span boundary_noise(struct span in);

/* At the end: what do bytes that never became a unit say? */
void boundary_at_end(struct conversation *c);

/* The client's TLS begins: what a granting server left unfinished was pushed in. */
void boundary_before_hello(struct conversation *c);

#endif
