/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SEEN_H
#define TESTS_SEEN_H

#include <stdbool.h>

#include "words/observation.h"

/* Observations as tests speak of them. */

enum { SEEN_TEXT_SIZE = 256 };

/*
 * What was seen under that key of tests/transcripts, as rows write it: "true",
 * "false" or "?" for a fact, "none" for no text. NULL for another key. The text
 * may be written into room.
 */
const char *seen_text(const struct observation *seen, const char *key,
    char room[SEEN_TEXT_SIZE]);

/*
 * Do two observations of one conversation say the same, whatever TCP did?
 * Returns NULL, or what differs. Texts of marks count only where texts is true.
 */
const char *seen_same(const struct observation *a, const struct observation *b, bool texts);

/* A text in which a secret of the rows stands, or which is not UTF-8; NULL when there is none. */
const char *seen_secret(const struct observation *seen);

#endif
