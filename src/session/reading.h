/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_READING_H
#define SESSION_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "session/talk.h"

/*
 * What both sides say once it is known who they are: unit by unit, each by the
 * dialect or, where TLS has begun, as records.
 */

/*
 * The next bytes of one side; what is no whole unit is kept. What the other side has waiting
 * is read behind each unit. False: not our dialect after all.
 */
bool reading_take(struct conversation *c, enum side from, struct span bytes);

/* Bytes that were waiting may be readable now that the other side has spoken. The same. */
bool reading_waiting(struct conversation *c, enum side from);

/* A unit that never ends, or for which there is no memory: lost bytes will not be read. */
void reading_give_up(struct conversation *c, enum side from, uint64_t lost);

#endif
