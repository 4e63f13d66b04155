/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_REPLY_H
#define DIALECT_REPLY_H

#include <stdbool.h>

#include "base/span.h"

/*
 * Reply lines that begin with a three-digit code (RFC 5321 §4.2, RFC 959 §4.2,
 * RFC 3977 §3.2), and words in their text.
 */

/* The code of a line, or 0 when it has none; *final_r when no line of the same reply follows. */
unsigned reply_code(struct span line, bool *final_r);

/* Does that text stand anywhere in it, in any case? */
bool reply_mentions(struct span text, const char *part);

/* ... as a word of its own, not as a part of a longer one? */
bool reply_has_word(struct span text, const char *word);

/*
 * What the text says up to the next address of a page, host or mailbox, whose
 * words mean nothing; both are taken off the front. For loops until text is empty.
 */
struct span reply_next_prose(struct span *text);

/* Does one such stretch of the text say it? */
bool reply_says(struct span text, bool (*it)(struct span prose));

#endif
