/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_NEIGHBOURHOOD_H
#define JUDGE_NEIGHBOURHOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/server.h"
#include "judge/sketch.h"

/*
 * Servers of one network (an IPv4 /24, an IPv6 /48) or of one registrable name, at one port
 * and of one dialect: what a server that nobody has seen yet may be expected to do like them.
 * The "clients" of the sketches are servers here.
 */
struct neighbourhood {
	struct sketch keeping;		/* of these TLS is to be expected */
	struct sketch lacking;		/* these were seen without an offer, and never with one */
};

enum { NEIGHBOURHOOD_IPV4_BITS = 24, NEIGHBOURHOOD_IPV6_BITS = 48 };

/* How a server, or all of them, stand to TLS. */
enum example { EXAMPLE_NONE, EXAMPLE_KEEPING, EXAMPLE_LACKING };

enum example server_example(const struct server *s, int64_t now_ns, int64_t fading_ns);

/*
 * Where a server of that address, or a member of that name, belongs. Its text, which stands
 * in key_r->name, is "198.51.100.0/24" or "provider.example". False when it belongs nowhere.
 */
bool neighbourhood_of_address(const struct server_key *server, struct server_key *key_r);
bool neighbourhood_of_name(const struct server_key *server, struct server_key *key_r);

/* One of its servers stands like that now. */
void neighbourhood_learn(struct neighbourhood *n, uint32_t server, enum example example,
    const struct server *s);

/*
 * KEEPING when three servers are known for TLS, for longer than a day, and none for going
 * without. One that goes without makes it LACKING.
 */
enum example neighbourhood_example(const struct neighbourhood *n, int64_t now_ns,
    int64_t fading_ns);

#endif
