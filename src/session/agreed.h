/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_AGREED_H
#define SESSION_AGREED_H

#include "session/talk.h"

/*
 * What looks like TLS is TLS when both sides agree: a few bytes that begin like it may
 * have been forged, to hide what follows and that it contradicts them.
 */

/* Two versions of that side's bytes, behind what looks like TLS: they wait for the other side. */
void agreed_conflict(struct conversation *c, enum side from, const struct frame_ref *at);

/* It is no TLS: two versions, if there were, are told. */
void agreed_not(struct conversation *c);

/* It is, as the ServerHello says: what was changed in it, TLS finds itself. */
void agreed_on_tls(struct conversation *c);

/*
 * Has the client answered the grant? A byte or two that may become a ClientHello may also
 * have been forged in front of its answer.
 */
bool agreed_client_spoke(const struct conversation *c);

/* The client begins TLS, or so it seems. */
void agreed_begins(struct conversation *c);

/*
 * Has the client begun TLS although its request was refused, and not said its hello to the end?
 * Unless the server answers as TLS does, it has not. A whole one it has sent, in vain.
 */
bool agreed_is_unasked(const struct conversation *c);

/* It has not: what was taken for it is missing, and what comes next is read as clear text. */
void agreed_deny(struct conversation *c);

/* The same when its own next bytes show that; so many are missing before them. */
void agreed_broke(struct conversation *c, uint64_t lost);

/*
 * Clear text from a side that had come as far as protected records: told with the next such
 * unit of either side, for one line among records that go on is nothing but a line too many.
 */
void agreed_left(struct conversation *c, enum side from);

/* A record of that side with something in it: it has not left TLS. */
void agreed_goes_on(struct conversation *c, enum side from);

/* At the end no ServerHello has come, although the tap hears both sides. */
void agreed_at_end(struct conversation *c);

#endif
