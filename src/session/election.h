/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_ELECTION_H
#define SESSION_ELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/dialect.h"

/*
 * Whose opening is it? A server's words may be anybody's who stands in the path,
 * so what the client says comes first, then the port, then the words of a
 * greeting. last means that no more bytes will come. NULL when it is nobody's,
 * or, if *wait_r, when more bytes may still tell.
 */
const struct dialect *election(const struct opening *opening, uint16_t server_port, bool last,
    bool *wait_r);

/* The dialect whose clients alone speak like that, whatever the server says; or NULL. */
const struct dialect *election_by_client(struct span client);

/* Could a client of the dialect that has this port say so? */
bool election_is_own(struct span client, uint16_t server_port);

#endif
