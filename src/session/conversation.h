/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_CONVERSATION_H
#define SESSION_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "session/talk.h"
#include "words/flow.h"
#include "words/observation.h"
#include "words/stranger.h"

/*
 * One connection: first recognise the dialect, then let it read unit by unit,
 * and judge the TLS boundary for all dialects alike. Where a unit ends and the
 * upgrade has been asked for, the next bytes are TLS or they are evidence; how
 * TCP cut them does not matter.
 */

void conversation_start(struct conversation *c, const struct flow *flow);

/* The next bytes from one side. False when nothing more can be learnt from this connection. */
bool conversation_bytes(struct conversation *c, enum side from, struct span bytes,
    const struct frame_ref *at);

/*
 * Keep what is said and ask nobody whose it is, until it is let go: then it is as if all of it
 * came now. Where it does not fit into an opening, all that was kept is lost.
 */
void conversation_hold(struct conversation *c);
void conversation_let_go(struct conversation *c);

/* count bytes of that side are missing. */
bool conversation_gap(struct conversation *c, enum side from, uint64_t count,
    const struct frame_ref *at);

/* The same range came twice with different bytes. */
void conversation_conflict(struct conversation *c, enum side from, struct span kept,
    struct span other, const struct frame_ref *at);

/* A reset that this side is said to have sent did not end the connection. */
void conversation_outlived(struct conversation *c, enum side from,
    const struct frame_ref *at);

/*
 * A packet of that side came from somewhere else than the others. What a foreign
 * one said is known at the end: it means something where the upgrade was at stake.
 */
void conversation_stranger(struct conversation *c, enum side from,
    const struct stranger *stranger, bool is_reset);

/* At the end: did a stranger say what decided on the upgrade? */
void conversation_match_strangers(struct conversation *c);

/*
 * The facts as they will stand if the reset or the FIN at that frame has ended the
 * connection; the conversation itself goes on.
 */
void conversation_if_ended(struct conversation *c, const struct frame_ref *at,
    struct observation *seen_r);

/* Memory that bytes take which could not be read yet. */
size_t conversation_kept_bytes(const struct conversation *c);

/* Give them up to have that memory back; nothing follows from absence any more. */
void conversation_give_up(struct conversation *c);

/* The connection ended: what could still have come true is false now. */
void conversation_end(struct conversation *c, const struct frame_ref *at);

/* Give back all that it holds. */
void conversation_free(struct conversation *c);

/* Did evidence complete since the last call? Then a snapshot is worth judging. */
bool conversation_take_news(struct conversation *c);

/* Where the next data connection goes, if that was said since the last call (FTP). */
bool conversation_take_data(struct conversation *c, struct data_place *place_r);

/* May data connections have been agreed on where nobody can read it? */
bool conversation_hides_data(const struct conversation *c);

/*
 * A data connection of this one began at that frame with something from that side of it: TLS,
 * or in clear. That it is one is known since the frame "now".
 */
void conversation_data(struct conversation *c, const struct flow *data, enum side from,
    bool in_clear, const struct frame_ref *at, const struct frame_ref *now);

/* Is it to be told of at its end? */
bool conversation_is_of_interest(const struct conversation *c);

/* Not recognised, on no port of a dialect: the judge may know the server all the same. */
bool conversation_is_unread_elsewhere(const struct conversation *c);

/* TLS of nobody we know: its ClientHello has been read, and no event will tell of it. */
bool conversation_is_elsewhere(const struct conversation *c);

/* Does its upgrade stand elsewhere? The client's next connection may be the answer to that. */
bool conversation_take_move(struct conversation *c);

/* The facts as they stand; in one that is not final, what may still come true is unknown. */
void conversation_snapshot(struct conversation *c, struct observation *seen_r);

/* Inside the room: nobody knows the opening. Note whom the client spoke to, and what it heard. */
void conversation_unread(struct conversation *c);

#endif
