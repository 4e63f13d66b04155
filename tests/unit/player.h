/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_PLAYER_H
#define TESTS_PLAYER_H

#include <stddef.h>

#include "evidence/masked.h"
#include "transcript.h"
#include "words/observation.h"

/*
 * Plays a row to a conversation as a stream would, without TCP: each piece from
 * memory of exactly its size, so that the sanitizer sees a read beyond it.
 */

enum play_style {
	PLAY_WHOLE,		/* every segment at once */
	PLAY_BYTES,		/* every byte alone */
	PLAY_CUT,		/* one segment in two pieces */
	PLAY_LOOSE,		/* whole, and lines end in a bare LF */
};

struct play {
	enum play_style style;
	size_t step, offset;	/* where PLAY_CUT cuts */
	struct masked *masked;	/* of both sides, what evidence may show; or NULL */
};

/* The final snapshot. */
void play_row(const struct row *row, const struct play *play,
    struct observation *seen_r);

#endif
