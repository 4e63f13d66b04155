/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_SERVER_PACK_H
#define JUDGE_SERVER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "judge/neighbourhood.h"
#include "judge/server.h"

/*
 * What is remembered of a server, but for its key, in a hundred bytes or two: the form in
 * which it is stored. A version, then numbers of seven bits a byte, the lowest first; times
 * and days by their distance from the last one, and what is there already by its place.
 */
enum { SERVER_PACK_MAX = 1100 };

/* How many bytes it took. */
size_t server_pack(const struct server *s, uint8_t bytes_r[SERVER_PACK_MAX]);

/* The same for a neighbourhood. */
enum { NEIGHBOURHOOD_PACK_MAX = 64 };
size_t neighbourhood_pack(const struct neighbourhood *n, uint8_t bytes_r[NEIGHBOURHOOD_PACK_MAX]);
bool neighbourhood_unpack(struct span packed, struct neighbourhood *n_r);

/* Fill all but the key. False when the bytes are cut off, too many, or out of range. */
bool server_unpack(struct span packed, struct server *s_r);

#endif
