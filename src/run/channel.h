/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CHANNEL_H
#define RUN_CHANNEL_H

#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

/*
 * How the processes talk: a pair of SOCK_SEQPACKET sockets, made before the forks. One
 * message is one record, sent whole or not at all; the kernel bounds how many wait. Both
 * ends are also open in the supervisor, so what waits outlives either process.
 */
enum message_kind {
	MESSAGE_HELLO,		/* a process is ready, or lives; body: struct sensor_note */
	MESSAGE_OBSERVATION,	/* body: struct observation_packed; parser.c sends several */
	MESSAGE_COUNTERS,	/* body: see run/tally.h */
	MESSAGE_STATS,		/* supervisor to judge: write statistics; body: its counters */
	MESSAGE_REPLACE,	/* judge to supervisor: what this worker sends is wrong */
	MESSAGE_EVENT,		/* judge to writer; body: struct event_line and the text */
	MESSAGE_RECEIPT,	/* writer to judge; body: struct courier_receipt */
	MESSAGE_OPEN,		/* open that file for me; body: its index, as uint32_t */
	MESSAGE_BEGINNINGS,	/* where files begin; body: several struct merge_beginning */
	MESSAGE_FAULT,		/* something about a file for a person; body: the text */
	MESSAGE_PROGRESS,	/* how far it is; body: struct reader_progress */
	MESSAGE_READINESS,	/* supervisor to metrics: why it is not ready, or nothing */
	MESSAGE_ASK,		/* judge to worker: what is kept of this connection? */
	MESSAGE_EVIDENCE,	/* a piece of its capture file; bodies: run/evidence_piece.h */
	MESSAGE_END,		/* nothing more comes from here */
	MESSAGE_KINDS
};

enum {
	CHANNEL_VERSION = 1,
	CHANNEL_BODY_MAX = 65536,	/* an event of the largest evidence is a third of it */
};

struct message {
	enum message_kind kind;
	struct span body;	/* borrowed from the room until the next one */
};

/* Where one message is received into. */
struct channel_room {
	uint64_t head;		/* keeps the body aligned */
	uint8_t body[CHANNEL_BODY_MAX];
};

/* 0 with two ends that do not wait and are closed on exec, or -1 with *e set. */
int channel_pair(int ends_r[2], struct err *e);

enum channel_sent {
	CHANNEL_SENT,
	CHANNEL_FULL,		/* nothing was sent; try when poll(2) says POLLOUT */
	CHANNEL_GONE,		/* nobody will ever receive it */
	CHANNEL_TOO_LARGE,
};

/* Never waits. */
enum channel_sent channel_send(int fd, enum message_kind kind, struct span body);

/* The same, but waits for room up to so many milliseconds; signals do not end it. */
enum channel_sent channel_send_patiently(int fd, enum message_kind kind, struct span body,
    int patience_ms);

/* What channel_receive() answers instead of 1. */
enum { CHANNEL_EMPTY = 0, CHANNEL_CLOSED = -1, CHANNEL_NONSENSE = -2 };

/*
 * The next message, without waiting: 1, or CHANNEL_EMPTY when there is none now,
 * CHANNEL_CLOSED when there will be none any more, CHANNEL_NONSENSE when what came is none
 * of ours.
 */
int channel_receive(int fd, struct channel_room *room, struct message *message_r);

#endif
