/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_REDACTION_LINE_H
#define SESSION_REDACTION_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/facts.h"
#include "session/redaction.h"

/*
 * Inside the room: which bytes of a line redaction shows. out is as long as the unit, and
 * holds fillers, and blanks where they are; what may be shown is put there.
 */

/* The next run without blanks, from *at on, which moves behind it; false at the end. */
bool line_run(struct span unit, size_t *at, struct span *run_r);

/* Is nothing but blanks behind that place? */
bool line_is_last(struct span unit, size_t at);

/* Where words begin and end. */
void line_show_blanks(uint8_t *out, struct span unit);

/* These bytes, which lie in the unit. */
void line_show(uint8_t *out, struct span unit, struct span part);

/* A client's line, of which these facts were told. */
void line_mask_command(struct redaction *r, struct span unit, bool is_rest,
    const struct facts *f, uint8_t *out);

/* A server's line: what an event may quote; and which command it answers, and how. */
void line_mask_reply(const struct redaction *r, struct span unit, uint8_t *out);

/* What of a client's unit is not shown may be a password, and a server may repeat it. */
void line_note_hidden(struct redaction *r, struct span unit, const uint8_t *out);

/* a1, 0007, A142, 3.14: what clients count with, and nothing else that stands before a verb. */
bool line_is_counter(struct span run);

/* In front of a verb: shown here as where a server repeats it. */
void line_mask_tag(struct redaction *r, struct span unit, struct span tag, uint8_t *out);

/* In front of a reply: false if no command had that tag. */
bool line_mask_repeated_tag(const struct redaction *r, struct span unit, struct span tag,
    uint8_t *out);

#endif
