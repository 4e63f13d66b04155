/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_REOPEN_H
#define SESSION_REOPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "session/start.h"
#include "session/talk.h"

/*
 * An opening that nobody can read may have been forged to hide what comes behind it.
 * Then it counts as bytes that are missing, and what is said next is the opening.
 */

/*
 * The opening has come to this; last means that no more is waited for. Give up what may
 * be forged, first the client's words. False: it stands as it is. True: ask again.
 */
bool reopen(struct conversation *c, enum recognition what, bool last);

/*
 * Nobody knows the opening: may it still prove to be forged, as its true version comes? Then
 * it is kept, and nobody is asked again before that.
 */
bool reopen_may_come(const struct conversation *c);

/* Two versions of that side's words have been seen. */
void reopen_contested(struct conversation *c, enum side from);

/*
 * What may be forged is given up by whole lines or turns, and not by pieces: wait for the
 * end of this one?
 */
bool reopen_waits(const struct conversation *c, enum recognition what, bool last);

/* So many bytes of that side are missing before all that will be read. */
void reopen_behind(struct conversation *c, enum side from, uint64_t count);

/* Something that this side said is missing: what else may not be concluded. */
void reopen_unheard(struct conversation *c, enum side from);

#endif
