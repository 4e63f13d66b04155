/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_HTTP_H
#define DIALECT_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/keep.h"
#include "dialect/dialect.h"
#include "dialect/line.h"

/*
 * HTTP/1 (RFC 9110, RFC 9112) and its upgrade to TLS (RFC 2817). Only heads are
 * read; bodies are passed over by their length, whatever they say.
 */

enum {
	HTTP_METHOD_MAX = 15,		/* letters: VERSION-CONTROL */
	HTTP_PENDING_MAX = 32,		/* requests without a response */
	HTTP_BODY_LONG = 1 << 20,	/* bytes of a body behind which nothing is waited for */
	HTTP_REST_LONG = 4096,		/* the same of one that the connection ends */
};

/* What is due next in one direction. */
enum http_part {
	HTTP_START,		/* a request line or a status line */
	HTTP_HEAD,		/* fields, to the empty line */
	HTTP_BODY,
	HTTP_CHUNK,		/* the line with a chunk's size */
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_END,		/* the line end behind its bytes */
	HTTP_TRAILER,		/* fields behind the last chunk */
	HTTP_TO_END,		/* a body, or another protocol, to the connection's end */
};

/* Fields that mean something to us. */
enum http_field {
	HTTP_OTHER,
	HTTP_UPGRADE,
	HTTP_CONNECTION,
	HTTP_CONTENT_LENGTH,
	HTTP_TRANSFER_CODING,
	HTTP_HOST,
	HTTP_AUTHORIZATION,
	HTTP_PROXY_AUTHORIZATION,
};

/* What one unit was. */
enum http_event {
	HTTP_NOTHING,		/* something that means nothing to us */
	HTTP_BLANK,		/* an empty line before a message (RFC 9112 §2.2) */
	HTTP_STARTS,		/* its first line: piece.text */
	HTTP_FIELD,		/* piece.field with the value piece.text, or a part of one */
	HTTP_HEAD_ENDS,		/* now the reader must say what follows */
	HTTP_ENDS,
	HTTP_BROKEN,		/* no HTTP, or where it ends cannot be told */
};

struct http_piece {
	enum http_event event;
	enum http_field field;
	bool folded;			/* more of the field before */
	struct span text;
};

/* The message that is being read in one direction. */
struct http_message {
	struct line_reader lines;
	uint8_t part;			/* enum http_part */
	uint8_t field;			/* enum http_field of the last line, for folded ones */
	bool has_length, chunked, coded, ambiguous;
	bool upgrade;			/* there is an Upgrade field */
	bool connection;		/* Connection names it */
	uint64_t left;			/* bytes of the body, or of its chunk, to come */
	uint64_t passed;		/* bytes of a chunked body so far */
	struct keep tls;		/* the product in Upgrade that is TLS, or empty */
};

/* A request that waits for its response. */
struct http_request {
	uint64_t target;		/* hashed */
	uint16_t port;			/* that CONNECT names */
	bool asks;			/* for TLS */
	bool asked;			/* ... and that has been told */
	bool head, connect, options;
	bool secret, proxy_secret;	/* a login stands in its head */
	uint8_t scheme;			/* ... of which kind: the secret may be folded */
	char method[HTTP_METHOD_MAX + 1];
};

struct http {
	struct http_message said[2];	/* by enum side */
	bool lost[2];			/* nothing is read there but line ends */
	bool open;			/* the newest request is still being read */
	bool began;			/* the client's first line has been read */
	bool switched;			/* the server has, to another protocol than TLS */

	struct http_request pending[HTTP_PENDING_MAX];
	uint8_t first, used;

	unsigned status;		/* of the response being read */
	struct keep status_line;

	bool demanded;			/* 426 with TLS was the answer ... */
	uint64_t demanded_target;	/* ... to a request for this */
};

/* --- http_message.c: where heads and bodies begin and end ------------------- */

/* One unit: its length in bytes, 0 when more is needed. */
long http_message_read(struct http_message *m, struct span in, struct http_piece *piece_r);

/* Behind the head: with or without a body. False when nobody can tell where it ends. */
bool http_message_body(struct http_message *m, bool has_body, bool is_response);

/* What follows ends with the connection. */
void http_message_to_end(struct http_message *m);

/* Is the body longer than is worth waiting for? */
bool http_message_is_long(const struct http_message *m);

/* Does the head name TLS in Upgrade, as RFC 9110 §7.8 wants it? */
bool http_message_names_tls(const struct http_message *m);

/* That many bytes are missing: HTTP_NOTHING or HTTP_ENDS inside a body, else HTTP_BROKEN. */
enum http_event http_message_gap(struct http_message *m, uint64_t count);

/* --- http_client.c, http_server.c ------------------------------------------- */

long http_client_feed(struct http *s, struct span in, struct facts *facts);
long http_server_feed(struct http *s, struct span in, struct facts *facts);

/* The request being read is complete. */
void http_request_ends(struct http *s, struct facts *facts);

/* --- http.c ------------------------------------------------------------------ */

/* The oldest request without a response, or NULL. */
struct http_request *http_oldest(struct http *s);

void http_drop_oldest(struct http *s);

/* The place in that direction is lost; what that means depends on what was at stake. */
void http_lose(struct http *s, enum side from, struct facts *facts);

/* Nothing of interest will come; what is not seen from here on is unknown. */
void http_give_up(struct facts *facts);

/* Has anything to do with TLS been seen on this connection? */
bool http_is_of_interest(const struct http *s, const struct facts *facts);

/* "HTTP/1.1" at the end of a request line, or at the beginning of a status line. */
bool http_is_version(struct span word);

/* The three digits behind the version, or 0. */
unsigned http_status(struct span line);

/* What may be shown of a unit: dialect.h. */
void http_disclose(const void *state, struct disclosure *d);

#endif
