/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_START_H
#define SESSION_START_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/dialect.h"
#include "session/buffer.h"
#include "session/socks.h"
#include "words/frame.h"

enum {
	OPENING_BYTES_MAX = 4096,	/* from each side, before we give up recognising */
	OPENING_TURNS_MAX = 24,
	OPENING_PAUSES_MAX = 12,	/* turns behind which a pause begins no other */
};

/*
 * The first bytes of a connection, kept with their order across both sides
 * until somebody recognises them. What one side says behind a pause is a turn of its own,
 * so that it keeps its time.
 */
struct start {
	struct buffer said[2];
	struct turn {
		uint8_t from;
		uint32_t bytes;
		uint64_t lost;	/* of that side, before these bytes */
		int64_t since_ns;	/* when they began to come, and the last of them: */
		struct frame_ref at;
	} *turns;		/* room for all, from the first on */
	uint8_t turn_count;
	struct asked {
		uint8_t times;
		uint8_t turns;	/* what there was the last time */
		uint32_t bytes;
	} asked[2];		/* in the midst of a line, and behind its end */
	bool unasked;		/* what was added last waits for more */
};

/* Has nobody said anything yet? */
static inline bool
start_is_empty(const struct start *s)
{
	return s->said[SIDE_CLIENT].n == 0 && s->said[SIDE_SERVER].n == 0;
}

/* Is there no room left for a side's words, or for the other side's turn? */
static inline bool
start_is_full(const struct start *s)
{
	return s->said[SIDE_CLIENT].n == OPENING_BYTES_MAX ||
	    s->said[SIDE_SERVER].n == OPENING_BYTES_MAX || s->turn_count == OPENING_TURNS_MAX;
}

/* Did who spoke last end in half a line of text? */
bool start_is_mid_line(const struct start *s);

/* Keep as many of the bytes as the limits allow, and return how many. */
size_t start_add(struct start *s, enum side from, struct span bytes,
    const struct frame_ref *at);

/* Take a side's first n bytes off. */
void start_drop(struct start *s, enum side from, size_t n);

/* So many bytes of that side are missing here; false when there is no room to keep that. */
bool start_lose(struct start *s, enum side from, uint64_t count, const struct frame_ref *at);

/* So many of the client's bytes are load balancers' prefaces. */
size_t start_preface(const struct start *s);

/* Take load balancers' prefaces off the client's bytes. */
void start_strip_preface(struct start *s);

/*
 * Is it worth asking (again), now that these bytes have come? Always for the first
 * pieces and lines, and when the other side begins to speak; bytes that drip must
 * add up. When it is behind a line's end does not hang on how lines are cut.
 */
bool start_is_ripe(struct start *s, struct span bytes);

/* That side will speak, and at the end of the other's turn nobody was asked. */
bool start_turn_ends(const struct start *s, enum side from);

/* Take off what a proxy and its client said; true when a tunnel begins behind it. */
bool start_strip_socks(struct start *s, struct socks_tunnel *tunnel_r);

enum recognition {
	RECOGNISED_NOT_YET,
	RECOGNISED_NOBODY,	/* none of our dialects */
	RECOGNISED_TLS,		/* TLS from the first byte */
	RECOGNISED_TLS_DENIED,	/* only the client says so, and its server goes on in clear */
	RECOGNISED_DIALECT,
};

/*
 * Ask every dialect. last means that no more bytes will come: then a weak
 * answer counts where the server's port is one of that dialect's.
 */
enum recognition start_recognise(const struct start *s, uint16_t server_port,
    bool last, const struct dialect **dialect_r);

/* Who spoke first; SIDE_CLIENT where nobody has. */
enum side start_first_speaker(const struct start *s);

/* How many bytes the client said before the server said any. */
size_t start_unanswered(const struct start *s);

void start_clear(struct start *s);

#endif
