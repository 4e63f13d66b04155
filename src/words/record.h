/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_RECORD_H
#define WORDS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "words/direction.h"
#include "words/observation.h"
#include "words/verdict.h"

/* Everything that an event is written from and a rule selects on. No pointers, like its parts. */
struct record {
	struct history history;
	struct verdict verdict;
	enum direction direction;
	struct observation seen;	/* at the end, and its marks at its own: few have many */
};

/* Was too little seen to say what became of TLS, and if only that nobody spoke of it? */
static inline bool
record_is_unclear(const struct record *r)
{
	return r->verdict.outcome == OUTCOME_UNKNOWN ||
	    (r->verdict.outcome == OUTCOME_UNASKED && !observation_seen_whole(&r->seen));
}

#endif
