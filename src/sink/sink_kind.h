/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_SINK_KIND_H
#define SINK_SINK_KIND_H

#include <sys/types.h>

#include "sink/sink.h"

/* What the kinds of sinks share; nobody else includes this. */

enum { SINK_LABEL_SIZE = 320 };

/* See sink.h for what each of these does. settled may be NULL: always. */
struct sink_ops {
	size_t size;			/* of the struct that begins with a struct sink */
	int (*prepare)(struct sink *s, struct err *e);	/* again after a failure; may be NULL */
	enum sink_state (*open)(struct sink *s, struct err *e);
	enum sink_state (*write)(struct sink *s, struct span bytes, const struct moment *now,
	    size_t *taken_r, struct err *e);
	enum sink_state (*settled)(struct sink *s, struct err *e);
	void (*close)(struct sink *s);
	void (*release)(struct sink *s);		/* may be NULL */
};

struct sink {
	const struct sink_ops *ops;
	const struct sink_settings *set;
	int fd;				/* -1: closed */
	short wants;			/* what to poll for */
	bool prepared;
	bool datagram;
	bool reader_gone;
	bool regular;			/* an open file of that kind */
	bool within_line;		/* sink_ends_within_line() */
	char label[SINK_LABEL_SIZE];
};

extern const struct sink_ops sink_file_ops, sink_standard_ops, sink_unix_ops, sink_udp_ops,
    sink_tcp_ops, sink_tls_ops;

/*
 * send(2), or write(2) for what is no socket, once: what was taken, SINK_WAITS with
 * POLLOUT wanted, or a failure in words.
 */
enum sink_state sink_send(struct sink *s, struct span bytes, size_t *taken_r, struct err *e);

/*
 * Does a file of that size end in the middle of a line? A descriptor that only writes
 * cannot tell, and who may not look says so: an empty line is better than two in one.
 */
bool sink_look_at_end(const char *path, off_t size);

/* So much was written to a file or pipe: does it end in the middle of a line? */
void sink_note_line(struct sink *s, struct span written);

/* sink_settled() of a stream socket: its send queue is empty and its peer is there. */
enum sink_state sink_stream_settled(struct sink *s, struct err *e);

/* Is the other end still there? Reads and drops what it says. */
enum sink_state sink_peer_there(struct sink *s, struct err *e);

/* Close the descriptor. */
void sink_close_descriptor(struct sink *s);

#endif
