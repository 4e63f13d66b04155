/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_DIRECTION_H
#define WORDS_DIRECTION_H

#include "words/flow.h"
#include "words/network.h"

/* Which way a connection goes, as seen from the networks that are the operator's own. */
enum direction {
	DIRECTION_UNKNOWN,	/* nobody has said which networks these are */
	DIRECTION_INBOUND,	/* the server is at home, the client is not */
	DIRECTION_OUTBOUND,
	DIRECTION_INTERNAL,	/* both are */
	DIRECTION_EXTERNAL,	/* neither is */
	DIRECTIONS
};

enum direction direction_of(const struct flow_tuple *tuple, const struct network *home,
    size_t home_count);

/* "inbound"; "" for DIRECTION_UNKNOWN. */
const char *direction_name(enum direction direction);

#endif
