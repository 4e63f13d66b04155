/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_PUT_OFF_H
#define DIALECT_PUT_OFF_H

#include "base/keep.h"
#include "dialect/facts.h"

/* An answer that is kept until it is clear what it answers. */
struct put_off {
	unsigned code;		/* the dialect's own number; 0: there is none */
	struct keep line;
	struct frame_ref at;
};

static inline void
put_off_set(struct put_off *p, unsigned code, struct span line, const struct facts *facts)
{
	p->code = code;
	keep_set(&p->line, line);
	p->at = facts->at;
}

/* Where the facts stood before they were set back. */
struct put_off_place {
	struct frame_ref at;
	enum side from;
};

/*
 * The server's words of that frame are read now. Give what is returned to
 * put_off_end() when that is done.
 */
static inline struct put_off_place
put_off_begin(struct frame_ref at, struct facts *facts)
{
	const struct put_off_place place = { facts->at, facts->from };

	facts->at = at;
	facts->from = SIDE_SERVER;
	return place;
}

static inline void
put_off_end(struct put_off_place place, struct facts *facts)
{
	facts->at = place.at;
	facts->from = place.from;
}

/* The same when an answer was given to the later of two commands, as the client went on. */
static inline void
put_off_given(struct put_off_place place, struct facts *facts)
{
	facts_refusal_in_doubt(facts);
	put_off_end(place, facts);
}

#endif
