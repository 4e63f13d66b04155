/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_XMPP_H
#define DIALECT_XMPP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/dialect.h"
#include "dialect/sasl_exchange.h"
#include "dialect/xml.h"

/*
 * XMPP (RFC 6120): STARTTLS (§5), SASL (§6), stream errors (§4.9), server
 * dialback (XEP-0220), the login that came before SASL (XEP-0078), in-band
 * registration (XEP-0077), SASL2 (XEP-0388) and compression (XEP-0138).
 */

/* Elements that mean something to us, told apart by namespace and name. */
enum xmpp_element {
	XMPP_OTHER,
	XMPP_STREAM,
	XMPP_FEATURES,
	XMPP_STREAM_ERROR,
	XMPP_STARTTLS,
	XMPP_REQUIRED,
	XMPP_PROCEED,
	XMPP_TLS_FAILURE,
	XMPP_TLS_UNKNOWN,		/* in the right namespace, and no such element */
	XMPP_TLS_FOREIGN,		/* named as an answer, in another namespace */
	XMPP_AUTH,
	XMPP_RESPONSE,
	XMPP_INITIAL_RESPONSE,		/* SASL2 only */
	XMPP_MECHANISM,
	XMPP_CHALLENGE,
	XMPP_SUCCESS,
	XMPP_SASL_FAILURE,
	XMPP_ENCRYPTION_REQUIRED,
	XMPP_MESSAGE,
	XMPP_PRESENCE,
	XMPP_IQ,
	XMPP_QUERY_AUTH,
	XMPP_QUERY_REGISTER,
	XMPP_PASSWORD,
	XMPP_DIGEST,
	XMPP_SETUP,			/* binding a resource, opening a session */
	XMPP_DIALBACK,
	XMPP_COMPRESSED,
	XMPP_HANDSHAKE,			/* of a component (XEP-0114) */
	XMPP_SEE_OTHER_HOST,
	XMPP_TEXT,			/* words for a person in an error */
};

enum { XMPP_LEVELS = 4 };	/* deeper elements are nothing but content */

struct xmpp {
	struct xml xml[2];
	uint8_t path[2][XMPP_LEVELS];	/* enum xmpp_element of the open elements */
	bool streaming[2];		/* a stream header was read */
	bool lost[2];			/* not readable until a stream begins anew */
	bool foreign;			/* the root is no stream */

	bool client_modern;		/* its header says version 1.0 or later */
	bool saw_header;		/* of the client's */
	bool component;			/* it is one: their streams have no version, and no TLS */
	struct keep wanted_host;	/* the client's to= */
	bool asked;			/* <starttls/> waits for its answer */
	bool corrupted;			/* a garbled <starttls/> waits for the server's word */
	bool closed;			/* the server has said that it ends the stream */

	struct sasl_exchange exchange;
	bool exchanging;		/* SASL waits for the server's word */
	bool filled;			/* the element being read has text in it */

	uint8_t query;			/* enum xmpp_element of the iq being read */
	bool set, password, digest;	/* ... and what it holds */
	bool login_waits;		/* an iq with a password has no answer yet */
	uint64_t login_id;		/* ... its id, hashed */
	uint64_t iq_id;			/* of the client's iq being read */

	struct capability features;
	struct keep mechanism;		/* being listed */
	bool required;
	bool needs_tls;			/* the failure being read says so */
	bool redirect;
	struct keep condition;		/* of the stream error being read */
	struct keep words;		/* ... and its text */
	bool iq_error, iq_answers;	/* of the server's iq being read: does it answer a login */
};

/* One direction's unit while it is parsed. */
struct xmpp_reading {
	struct xmpp *s;
	struct facts *facts;
};

extern const struct xml_handler xmpp_client_handler, xmpp_server_handler;

enum xmpp_element xmpp_element_of(const struct xml_name *name);

/* Note the element on the path, and say which one it is. */
enum xmpp_element xmpp_enter(struct xmpp *s, enum side from, unsigned level,
    const struct xml_name *name);

/* The open element of that level. */
enum xmpp_element xmpp_at(const struct xmpp *s, enum side from, unsigned level);

/* RFC 6120 §4.7.5: does the header say 1.0 or later? Older streams have no features. */
bool xmpp_is_modern(const char **attributes);

/* A stanza's id, hashed. */
uint64_t xmpp_id(const char **attributes);

/* What may be shown of a unit: dialect.h. */
void xmpp_disclose(const void *state, struct disclosure *d);

#endif
