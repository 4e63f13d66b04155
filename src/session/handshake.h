/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_HANDSHAKE_H
#define SESSION_HANDSHAKE_H

#include "session/talk.h"

/*
 * The part of a conversation that is TLS: the hellos, then records passed over
 * by their lengths, as far as a fatal alert, the first protected record or
 * clear text tell something.
 */

/* One side's bytes are TLS from here on. */
void handshake_begin(struct conversation *c, enum side from);

/*
 * Read one record, or one hello: bytes used, 0 for more, -1 when the bytes at
 * the front are not TLS any more.
 */
long handshake_unit(struct conversation *c, enum side from, struct span in);

/* The same for TLS that came inside a packet of the dialect's; nothing happens without any. */
void handshake_carried(struct conversation *c, enum side from, struct span tls);

/* Two versions of that side's records were seen. */
void handshake_contest(struct conversation *c, enum side from);

/* What is known of TLS, without what there were two versions of. */
void handshake_facts(const struct conversation *c, struct tls_facts *tls_r);


/*
 * The connection ended: a reset before the client protected anything undoes the
 * handshake, for the client never took what the server had sent.
 */
void handshake_at_end(struct conversation *c);

/* Both sides are protected, and nothing but records is to be expected. */
bool handshake_is_over(const struct conversation *c);

/* Nothing more is read: of a hello or records that were not, what a capture may show. */
void handshake_redact_rest(struct conversation *c, enum side from);

#endif
