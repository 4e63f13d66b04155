/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_LDAP_H
#define DIALECT_LDAP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/ber.h"
#include "dialect/dialect.h"
#include "dialect/pdu.h"
#include "dialect/sasl.h"

/*
 * LDAP (RFC 4511) with StartTLS (§4.14, RFC 4513 §3): messages in BER, whose
 * answers carry the number of what they answer.
 */
enum { LDAP_WAITING_MAX = 24 };

/* Tags of operations, [APPLICATION n] (RFC 4511 §4.2 to §4.14). */
enum ldap_tag {
	LDAP_BIND_REQUEST = 0x60,
	LDAP_BIND_RESPONSE = 0x61,
	LDAP_UNBIND_REQUEST = 0x42,
	LDAP_SEARCH_REQUEST = 0x63,
	LDAP_SEARCH_ENTRY = 0x64,
	LDAP_SEARCH_DONE = 0x65,
	LDAP_SEARCH_REFERENCE = 0x73,
	LDAP_MODIFY_REQUEST = 0x66,
	LDAP_MODIFY_RESPONSE = 0x67,
	LDAP_ADD_REQUEST = 0x68,
	LDAP_ADD_RESPONSE = 0x69,
	LDAP_DELETE_REQUEST = 0x4a,
	LDAP_DELETE_RESPONSE = 0x6b,
	LDAP_RENAME_REQUEST = 0x6c,
	LDAP_RENAME_RESPONSE = 0x6d,
	LDAP_COMPARE_REQUEST = 0x6e,
	LDAP_COMPARE_RESPONSE = 0x6f,
	LDAP_ABANDON_REQUEST = 0x50,
	LDAP_EXTENDED_REQUEST = 0x77,
	LDAP_EXTENDED_RESPONSE = 0x78,
	LDAP_INTERMEDIATE_RESPONSE = 0x79,

	BER_INTEGER = 0x02,
	BER_OCTET_STRING = 0x04,
	BER_ENUMERATED = 0x0a,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
};

/* What waits for an answer. */
enum ldap_waiting {
	LDAP_NOTHING,
	LDAP_STARTTLS,
	LDAP_BIND_NOBODY,		/* anonymous or without a password: RFC 4513 §5.1 */
	LDAP_BIND_PASSWORD,
	LDAP_BIND_SASL,
	LDAP_PASSWORD_CHANGE,		/* RFC 3062 */
	LDAP_UPDATE,
	LDAP_OTHER,
};

struct ldap {
	struct {
		uint32_t id;
		uint8_t what;		/* enum ldap_waiting */
	} waiting[LDAP_WAITING_MAX];
	uint8_t waiting_count;
	bool holes;			/* not every request was seen: answers may be to those */

	struct pdu_reader pdus[2];
	bool begun;			/* at least one message was read */
	bool may_wrap;			/* a SASL layer may be there (RFC 4513 §5.2.1.6) */

	const struct sasl_mechanism *mechanism;	/* of the SASL bind under way */
	uint8_t responses;		/* ... and how often the client responded */
};

/* One LDAPMessage (RFC 4511 §4.1.1), or the beginning of one that is too long to be kept. */
struct ldap_message {
	uint32_t id;
	struct ber operation;
};

/* Note what waits under that number; put 0 for what, and it waits no more. */
void ldap_wait(struct ldap *l, uint32_t id, enum ldap_waiting what);

/* What waits under that number. */
enum ldap_waiting ldap_waits(const struct ldap *l, uint32_t id);

void ldap_client_message(struct ldap *l, const struct ldap_message *m, struct facts *facts);
void ldap_server_message(struct ldap *l, const struct ldap_message *m, struct facts *facts);

extern const char ldap_starttls_oid[];

/* What may be shown of a unit: dialect.h. */
void ldap_disclose(const void *state, struct disclosure *d);

#endif
