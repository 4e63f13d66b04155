/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/moment.h"
#include "base/span.h"

/*
 * One way out: a file, standard output, or a socket. A sink knows how bytes leave
 * and nothing of events, order or retrying, which are the delivery's (delivery.h).
 * No operation waits, unless the sink is patient.
 */
enum sink_kind {
	SINK_STANDARD,		/* standard output */
	SINK_FILE,
	SINK_UNIX_STREAM,
	SINK_UNIX_DATAGRAM,
	SINK_SYSLOG_LOCAL,	/* /dev/log: a datagram socket, or a stream where it is one */
	SINK_SYSLOG_UDP,	/* RFC 5426 */
	SINK_SYSLOG_TCP,	/* RFC 6587 section 3.4.1, octet counting */
	SINK_SYSLOG_TLS,	/* RFC 5425 */
};

/* All texts are borrowed and outlive the sink; NULL and 0 where nothing was said. */
struct sink_settings {
	enum sink_kind kind;
	const char *path;		/* file or Unix socket */
	const char *host, *port;
	const char *ca;			/* file of certificates; NULL: those of the system */
	const char *cert, *key;		/* our own, where the server wants one */
	const char *peer_name;		/* must stand in its certificate; NULL: the host */
	uint64_t rotate_bytes;		/* a file that would become larger is put aside; 0: none */
	int64_t rotate_s;		/* ... and at every multiple of this time; 0: never */
	unsigned keep;			/* so many files that were put aside stay */
	bool patient;			/* may wait for the reader of a file or pipe */
	bool resumed;			/* another process wrote to it, and may have died over it */
};

/* -1 is a failure with *e set: the sink is closed and may be opened again. */
enum sink_state { SINK_FAILED = -1, SINK_WAITS = 0, SINK_READY = 1 };

struct sink;

/* Reads and opens nothing. NULL with *e set when memory is short. */
struct sink *sink_new(const struct sink_settings *settings, struct err *e);

/*
 * Load what has to be read from files (certificates), once: nothing is done when it succeeded
 * before. 0, or -1 with *e set.
 */
int sink_prepare(struct sink *s, struct err *e);

/*
 * Open it, and prepare it where nobody has, or go on with that: again whenever what it waits
 * for has come. Before SINK_READY nothing may be written.
 */
enum sink_state sink_open(struct sink *s, struct err *e);

/*
 * Give it bytes: whole messages or the rest of them, and one at a time where
 * sink_is_datagram(). *taken_r may be less; 0 taken is SINK_WAITS. What a datagram
 * socket can never carry is SINK_READY with *taken_r 0: drop it.
 */
enum sink_state sink_write(struct sink *s, struct span bytes, const struct moment *now,
    size_t *taken_r, struct err *e);

/*
 * Has everything that was written arrived, as far as the system can tell (at the
 * peer's system for TCP, at the reader for a Unix stream)? Also notices a peer that
 * has gone. Always SINK_READY where there is nothing to ask.
 */
enum sink_state sink_settled(struct sink *s, struct err *e);

/* Close it. Nothing happens to one that is closed. */
void sink_close(struct sink *s);

/* The descriptor to poll, or -1, and for what. */
int sink_poll(const struct sink *s, short *events_r);

/* Each write is one message; what does not fit is not sent at all. */
bool sink_is_datagram(const struct sink *s);

bool sink_is_terminal(const struct sink *s);

/*
 * Just opened: may what is there already end in the middle of a line? What another process
 * wrote to a pipe only its reader could tell, so this is so of one that is resumed.
 */
bool sink_ends_within_line(const struct sink *s);

/* Is it open, and a regular file, that somebody may have put aside? */
bool sink_may_be_renamed(const struct sink *s);

/* Did the reader of a pipe go away? Then nobody waits for a message about it. */
bool sink_reader_gone(const struct sink *s);

/* "standard output", the path, or "syslog+tcp:HOST:PORT", for messages. */
const char *sink_label(const struct sink *s);

void sink_free(struct sink **s);

#endif
