/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_PACKETS_H
#define TESTS_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/stream.h"

/*
 * TCP connections for tests: segments made by hand or by script, and a listener
 * that writes down what it is told.
 *
 * A script is words, one a packet: side, flags, and what differs from the rest.
 *	C:S S:SA C:A		the three packets of a handshake
 *	hs			the same
 *	C:A=hello		the client sends 5 bytes and goes on behind them
 *	C:A@2=llo		... at offset 2 of what it says
 *	C:A^5			acknowledges 5 bytes; otherwise all that the other one
 *				sent, and a SYN-ACK nothing but the SYN
 *	C:A=x!			with a bad checksum
 *	C:A=x%3			of which 3 more bytes were cut off by the snaplen
 *	C:A=x~			put together from fragments that contradict each other
 *	C:A=x#7			with IP identifier 7; otherwise each has its own
 *	C:A=x*51		with that TTL; otherwise 64
 *	C:A=x&99		with that timestamp
 *	S:SA@1000		a SYN-ACK from 1000 beyond the server's initial number
 *	+250			250 ms pass; otherwise 1 ms with every packet
 *
 * The log is words, too: open, C=bytes (neighbours joined), Cgap3,
 * C!kept|other, S?9ttl (packet 9 is not the server's), Creset and
 * Clives, left when both may have said farewell, unanswered or refused, attempt:rst, and
 * at the end of each fin, rst, idle, evicted, reused or end.
 */
struct peer {
	uint32_t isn;
	uint32_t sent;		/* offset behind the last byte that it sent */
};

struct wire {
	struct stream *stream;
	struct address addr[2];
	uint16_t port[2];
	struct peer peer[2];
	int64_t now_ns;
	uint64_t number;
	uint16_t ip_id;
};

enum { LOG_SIZE = 4096 };

struct recorder {
	char log[LOG_SIZE];
	size_t log_bytes;
	int speaker;			/* whose bytes end the log, or -1 */
	size_t opens, closes, attempts;
	uint64_t delivered[2], lost[2];
	uint64_t stop_after;		/* bytes and gaps of both sides; 0 never */
	bool forgets;			/* ... and wants to hear of no end either */
	const uint8_t *said[2];		/* when set, what every byte must be */
	struct flow flow;		/* of the last call */
	struct flow closed;		/* of the last close */
	uint64_t last_frame;		/* of the last call that has one */
	bool quiet;			/* no log */
};

struct stream_listener recorder_listener(struct recorder *r);

/* A stream, with default limits for NULL. One that a failed test left is freed first. */
struct stream *packets_stream(const struct stream_limits *limits, struct recorder *r);
void packets_free(struct stream **stream);

/* From 192.0.2.1 port 40000 to 198.51.100.25 port 25, initial numbers 1000 and 5000. */
struct wire wire_new(struct stream *stream);

/* The same between 2001:db8::1 and 2001:db8::25. */
struct wire wire_new_ipv6(struct stream *stream);

/* A segment as the wire would send it now, at that offset of what the side says. */
struct segment wire_segment(struct wire *w, enum side from, uint8_t flags,
    uint32_t offset, struct span payload);

/* Show it to the stream. */
void wire_send(struct wire *w, const struct segment *segment);

/* Play a script. */
void wire_play(struct wire *w, const char *script);

/* A new stream, a new wire, the script, the end of input: the log is in *r. */
void packets_run(const char *script, struct recorder *r);

struct packets_row {
	const char *name;
	const char *script;
	const char *log;
};

/* Run every row and fail when a log is not the expected one, having named it. */
void packets_run_rows(const struct packets_row *rows, size_t count);

/* The value of one counter. */
uint64_t packets_counter(const struct stream *stream, const char *name);

/* Reproducible random numbers below limit. */
uint32_t packets_random(uint64_t *state, uint32_t limit);

#endif
