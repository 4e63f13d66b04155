/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_MYSQL_H
#define DIALECT_MYSQL_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/dialect.h"
#include "dialect/pdu.h"

/*
 * MySQL and MariaDB ("Client/Server Protocol" of MySQL's internals manual).
 * The server greets with its capabilities; a client that wants TLS sends a
 * login packet that ends before the user's name, and then, without waiting for
 * any answer, its ClientHello.
 */

/* Capabilities that tell how to read on. */
enum mysql_capability {
	MYSQL_CONNECT_WITH_DB = 1 << 3,
	MYSQL_COMPRESS = 1 << 5,
	MYSQL_PROTOCOL_41 = 1 << 9,
	MYSQL_SSL = 1 << 11,
	MYSQL_SECURE_CONNECTION = 1 << 15,
	MYSQL_PLUGIN_AUTH = 1 << 19,
	MYSQL_AUTH_LENENC = 1 << 21,
	MYSQL_ZSTD = 1 << 26,
};

enum mysql_phase {
	MYSQL_GREETING,		/* nothing has been said yet */
	MYSQL_LOGIN,
	MYSQL_COMMANDS,
};

/* How a plugin's response travels where there is no TLS. */
enum mysql_response {
	MYSQL_OPAQUE,		/* hashed, signed, or a ticket */
	MYSQL_CLEAR,
	MYSQL_EXCHANGE,		/* RSA, unless a client believes the wire to be safe */
};

struct mysql_plugin {
	const char *name;	/* "unknown" for one that is not in the table */
	enum mysql_response response;
};

struct mysql {
	struct pdu_reader pdus[2];
	uint8_t phase;			/* enum mysql_phase */
	bool asked;			/* an SSLRequest was sent */
	bool answered;			/* ... and was answered with an error */
	bool responded;			/* the login packet was sent */
	bool full;			/* the server wants the password itself */
	uint32_t server, client;	/* their capabilities */
	const struct mysql_plugin *plugin;
};

enum { MYSQL_HEADER = 4 };

/* A packet: three bytes of length, one that counts; false when fewer are there. */
bool mysql_read_header(struct span in, uint32_t *size_r, uint8_t *sequence_r);

/* The text at the front, up to its NUL, taken off; false when it has none. */
bool mysql_take_text(struct span *in, struct span *text_r);

/* Both can compress, and the login is over: from there on they do. */
bool mysql_is_compressed(const struct mysql *m);

/* Never NULL. */
const struct mysql_plugin *mysql_plugin_find(struct span name);

long mysql_client_unit(struct mysql *m, struct span in, struct facts *facts);
long mysql_server_unit(struct mysql *m, struct span in, struct facts *facts);

/* What may be shown of a unit: dialect.h. */
void mysql_disclose(const void *state, struct disclosure *d);

#endif
