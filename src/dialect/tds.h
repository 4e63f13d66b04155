/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_TDS_H
#define DIALECT_TDS_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/dialect.h"
#include "dialect/pdu.h"

/*
 * Tabular Data Stream, of Microsoft SQL Server and Sybase ([MS-TDS]). Both
 * sides say in PRELOGIN what they want of encryption (§2.2.6.5); the handshake
 * then goes in packets of type PRELOGIN, and records by themselves follow it:
 * to the end, or for the login packet only.
 */

/* Packet types (§2.2.3.1.1). */
enum tds_type {
	TDS_SQL_BATCH = 0x01,
	TDS_LOGIN_OLD = 0x02,
	TDS_RPC = 0x03,
	TDS_RESULT = 0x04,
	TDS_ATTENTION = 0x06,
	TDS_BULK_LOAD = 0x07,
	TDS_FED_AUTH = 0x08,
	TDS_TRANSACTION = 0x0e,
	TDS_LOGIN7 = 0x10,
	TDS_SSPI = 0x11,
	TDS_PRELOGIN = 0x12,
};

/* Values of PRELOGIN's ENCRYPTION option; a bit above them is about client certificates. */
enum tds_encryption {
	TDS_ENCRYPT_OFF = 0,		/* can, but only for the login */
	TDS_ENCRYPT_ON = 1,
	TDS_ENCRYPT_NOT_SUPPORTED = 2,
	TDS_ENCRYPT_REQUIRED = 3,
	TDS_ENCRYPT_MASK = 0x1f,
	TDS_ENCRYPT_UNSAID = 0xff,
};

enum {
	TDS_HEADER = 8,
	TDS_OPTION_VERSION = 0,		/* the first one of PRELOGIN (§2.2.6.5) */
};

/* One packet (§2.2.3.1). */
struct tds_packet {
	uint8_t type;		/* enum tds_type */
	uint8_t status;
	uint16_t size;		/* with its header */
	struct span payload;	/* as much of it as is kept */
};

struct tds {
	struct pdu_reader pdus[2];
	bool prelogin[2];		/* said */
	uint8_t encryption[2];		/* enum tds_encryption */
	bool message[2];		/* the packet before this one was not the message's last */
	bool login_sent;		/* in clear, and not answered yet */
};

/* The header at the front; false when there is none, or too few bytes. */
bool tds_read_header(struct span in, struct tds_packet *packet_r);

/* What PRELOGIN says of encryption (§2.2.6.5), TDS_ENCRYPT_UNSAID when nothing. */
uint8_t tds_encryption_of(struct span prelogin);

/* Are these bytes TLS in a packet? */
bool tds_carries_tls(struct span payload);

void tds_client_packet(struct tds *t, const struct tds_packet *packet, struct facts *facts);
void tds_server_packet(struct tds *t, const struct tds_packet *packet, struct facts *facts);

/* The server sent what is no packet: to a PRELOGIN that is no legal answer. */
void tds_server_nonsense(struct tds *t, struct facts *facts);

/* What may be shown of a unit: dialect.h. */
void tds_disclose(const void *state, struct disclosure *d);

#endif
