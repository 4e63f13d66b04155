/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_PUT_OFF_H
#define DIALECT_PUT_OFF_H

#include "base/keep.h"
#include "dialect/facts.h"

/*
 * An error that answers an empty line, if the server answers such lines; else it
 * answers the command behind it. When another reply comes it was the former; when
 * the client goes on first, the client has taken it for the latter.
 */
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

/*
 * As if the server said it now: facts are set back to its frame. Give what is returned to
 * put_off_done() when it has been read.
 */
struct put_off_place {
	struct frame_ref at;
	enum side from;
};

static inline struct put_off_place
put_off_begin(const struct put_off *p, struct facts *facts)
{
	const struct put_off_place place = { facts->at, facts->from };

	facts->at = p->at;
	facts->from = SIDE_SERVER;
	return place;
}

static inline void
put_off_done(struct put_off *p, struct put_off_place place, struct facts *facts)
{
	p->code = 0;
	facts->at = place.at;
	facts->from = place.from;
}

#endif
