/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_HELD_H
#define SESSION_HELD_H

#include "session/talk.h"

/*
 * Inside the room: what is said on a connection that may be data, and so is nobody's to read
 * until it is let go. It is kept in the conversation's opening, holes in their places.
 */

/* The next bytes. Where there is no room, they and all that was kept are lost. */
void held_bytes(struct conversation *c, enum side from, struct span bytes,
    const struct frame_ref *at);

/* Some are missing, behind others that are kept. */
void held_gap(struct conversation *c, enum side from, uint64_t count,
    const struct frame_ref *at);

/* What is kept goes, as if the capture had lost it; the conversation is held on. */
void held_lose(struct conversation *c);

#endif
