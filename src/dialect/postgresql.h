/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_POSTGRESQL_H
#define DIALECT_POSTGRESQL_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/dialect.h"
#include "dialect/pdu.h"
#include "dialect/pending.h"

/*
 * PostgreSQL's protocol, version 3 ("Frontend/Backend Protocol" of its manual):
 * requests of a length and a code, answered by one byte, until the client's
 * StartupMessage; from then on messages of a type and a length.
 */

/* What one byte is waited for. */
enum postgresql_request { POSTGRESQL_SSL = 1, POSTGRESQL_GSS };

/* What the server wants from the client to log in. */
enum postgresql_login {
	POSTGRESQL_UNKNOWN,	/* its request was not seen */
	POSTGRESQL_PASSWORD,
	POSTGRESQL_DIGEST,
	POSTGRESQL_SASL,
};

struct postgresql {
	struct pdu_reader pdus[2];
	struct pending pending;		/* enum postgresql_request */
	bool begun;			/* at least one message was read */
	bool started;			/* the StartupMessage was sent */
	bool old_server;		/* it speaks protocol 2, which is not read */
	uint8_t login;			/* enum postgresql_login */
	const char *mechanism;		/* ... by its name */
};

long postgresql_client_unit(struct postgresql *p, struct span in, struct facts *facts);
long postgresql_server_unit(struct postgresql *p, struct span in, struct facts *facts);

/* What the client begins with: a code and what follows it; false when it is none of these. */
struct postgresql_opening {
	uint32_t size;		/* of the whole message */
	uint32_t code;
	struct span content;	/* as much of it as is there */
};
bool postgresql_read_opening(struct span in, struct postgresql_opening *o_r);

enum {
	POSTGRESQL_OPENING_HEAD = 8,
	POSTGRESQL_CANCEL = 80877102,
	POSTGRESQL_SSL_CODE = 80877103,
	POSTGRESQL_GSS_CODE = 80877104,
};

/* The whole size of the typed message at the front; false when it cannot be one. */
bool postgresql_read_typed(const struct pdu_reader *r, struct span in, const char *types,
    uint32_t *size_r);

/* What may be shown of a unit: dialect.h. */
void postgresql_disclose(const void *state, struct disclosure *d);

#endif
