/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <stdbool.h>
#include <stddef.h>

/* The other end of an output: the Unix socket "peer.sock", which can go away and come back. */
struct peer {
	int listening, connected;
	int type;
	char text[1 << 20];
	size_t n;
};

/* type is SOCK_STREAM or SOCK_DGRAM. */
void peer_appear(struct peer *p, int type);

void peer_vanish(struct peer *p);

/* Read what has come, at most so many bytes. */
void peer_read(struct peer *p, size_t most);

/*
 * Fails unless events of these numbers ("event 7") were received, each line whole, in order, and
 * none missing; those sent twice are allowed where twice is. What was received is then forgotten.
 */
void peer_received(struct peer *p, int first, int last, bool twice);

#endif
