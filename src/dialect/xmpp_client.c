/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XMPP, what the initiator says: its stream header (RFC 6120 §4.7), the request
 * for TLS (§5.4.2.1), SASL (§6.4), the login before SASL (XEP-0078 §3) and
 * stanzas. No text of an element is ever kept, only whether there was any.
 */
#include "dialect/xmpp.h"

#include "dialect/token.h"

/* Only the element's name: attributes and text may hold anything. */
static void
quote(const struct xml_name *name, struct facts *facts)
{
	struct keep said = { 0 };

	keep_add(&said, span_text("<"));
	keep_add(&said, span_head(name->local, KEEP_BYTES - 2));
	keep_add(&said, span_text(">"));
	facts_said(facts, keep_span(&said));
}

static void
header(struct xmpp *s, const char **attributes, struct facts *facts)
{
	struct span to = xml_attribute(attributes, "to"),
	    from = xml_attribute(attributes, "from");

	s->client_modern = xmpp_is_modern(attributes);
	if (s->streaming[SIDE_CLIENT])
		return;
	s->streaming[SIDE_CLIENT] = s->saw_header = true;
	keep_set(&s->wanted_host, to);
	/* a server says who it is; of a person's client the host that it wants is enough */
	facts_client_name(facts, from.n > 0 && span_find(from, '@') == from.n ? from : to);
}

/* Once it is more than a header: does that stream know of features at all? */
static void
tell_version(struct xmpp *s, enum xmpp_element element, struct facts *facts)
{
	if (element == XMPP_HANDSHAKE)
		s->component = true;
	if (s->streaming[SIDE_CLIENT] && s->saw_header && !s->client_modern && !s->component)
		facts_mark(facts, MARK_HELO_ONLY, span_text("<stream:stream> before 1.0"));
}

/* One response of the exchange crossed in clear. */
static void
sasl_response(struct xmpp *s, struct facts *facts)
{
	const struct sasl_mechanism *mechanism = s->exchange.mechanism;
	struct keep excerpt = { 0 };
	bool secret;

	if (!sasl_exchange_counts(&s->exchange, &secret) || !s->filled)
		return;
	keep_add(&excerpt, span_text("<auth mechanism='"));
	keep_add(&excerpt, span_text(mechanism->name));
	keep_add(&excerpt, span_text("'>"));
	facts_credentials(facts, span_text(mechanism->name), secret, keep_span(&excerpt));
}

static void
iq_begin(struct xmpp *s, const char **attributes)
{
	s->query = XMPP_OTHER;
	s->set = span_equals(xml_attribute(attributes, "type"), span_text("set"));
	s->iq_id = xmpp_id(attributes);
	s->password = s->digest = false;
}

/* A query that logs in or registers; every other one is what people use XMPP for. */
static void
iq_child(struct xmpp *s, enum xmpp_element element, struct facts *facts)
{
	if (element == XMPP_QUERY_AUTH || element == XMPP_QUERY_REGISTER)
		s->query = (uint8_t)element;
	else if (element != XMPP_SETUP)
		facts_payload(facts, span_text("iq"), span_text("<iq>"));
}

static void
iq_end(struct xmpp *s, struct facts *facts)
{
	bool login = s->query == XMPP_QUERY_AUTH;

	if (!s->set || (!s->password && !s->digest))
		return;
	if (login) {
		s->login_waits = true;
		s->login_id = s->iq_id;
	}
	facts_credentials(facts, span_text(login ? "jabber:iq:auth" : "jabber:iq:register"),
	    s->password, span_text("<password>"));
}

static void
stanza_begin(struct xmpp *s, enum xmpp_element element, const char **attributes,
    struct facts *facts)
{
	switch (element) {
	case XMPP_AUTH:
		sasl_exchange_begin(&s->exchange, xml_attribute(attributes, "mechanism"));
		s->exchanging = true;
		s->filled = false;
		break;
	case XMPP_RESPONSE:
		s->filled = false;
		break;
	case XMPP_HANDSHAKE:
		/* a digest of a password and the stream's id (XEP-0114 §3) */
		facts_credentials(facts, span_text("handshake"), false, span_text("<handshake>"));
		break;
	case XMPP_IQ:
		iq_begin(s, attributes);
		break;
	case XMPP_MESSAGE:
		facts_payload(facts, span_text("message"), span_text("<message>"));
		break;
	case XMPP_PRESENCE:
		facts_payload(facts, span_text("presence"), span_text("<presence>"));
		break;
	default:
		break;
	}
}

static bool
is_corrupted(struct span name)
{
	return token_is_mask_of(name, "starttls") || token_is_near_miss(name, "starttls");
}

static void
client_start(void *ctx, unsigned level, const struct xml_name *name, const char **attributes)
{
	struct xmpp_reading *r = ctx;
	struct xmpp *s = r->s;
	enum xmpp_element element = xmpp_enter(s, SIDE_CLIENT, level, name),
	    parent = level > 0 ? xmpp_at(s, SIDE_CLIENT, level - 1) : XMPP_OTHER;

	if (level <= 1)
		quote(name, r->facts);
	if (level == 1) {
		tell_version(s, element, r->facts);
		s->corrupted = is_corrupted(name->local);
	}
	if (level == 0 && element == XMPP_STREAM)
		header(s, attributes, r->facts);
	else if (level == 1)
		stanza_begin(s, element, attributes, r->facts);
	else if (level == 2 && parent == XMPP_IQ)
		iq_child(s, element, r->facts);
	else if (element == XMPP_PASSWORD || element == XMPP_DIGEST ||
	    element == XMPP_INITIAL_RESPONSE)
		s->filled = false;
}

/* The client asks; a stream that the server has just given up answers no more. */
static void
request(struct xmpp *s, struct facts *facts)
{
	facts_request(facts, span_text("<starttls/>"));
	s->asked = true;
	if (!s->closed)
		return;
	facts_answer(facts, ANSWER_CLOSING, s->condition.n > 0 ? keep_span(&s->condition) :
	    span_text("</stream:stream>"));
	s->asked = false;
}

static void
stanza_end(struct xmpp *s, enum xmpp_element element, struct facts *facts)
{
	switch (element) {
	case XMPP_STARTTLS:
		request(s, facts);
		break;
	case XMPP_AUTH:
		/* without an initial response the first one is yet to come */
		if (s->filled)
			sasl_response(s, facts);
		break;
	case XMPP_RESPONSE:
		sasl_response(s, facts);
		break;
	case XMPP_IQ:
		iq_end(s, facts);
		break;
	default:
		break;
	}
}

static void
client_end(void *ctx, unsigned level)
{
	struct xmpp_reading *r = ctx;
	struct xmpp *s = r->s;
	enum xmpp_element element = xmpp_at(s, SIDE_CLIENT, level);

	if (level == 0) {
		r->facts->unit = UNIT_QUIET;
	} else if (level == 1) {
		stanza_end(s, element, r->facts);
	} else if (level == 2 && element == XMPP_INITIAL_RESPONSE &&
	    xmpp_at(s, SIDE_CLIENT, 1) == XMPP_AUTH) {
		sasl_response(s, r->facts);
		s->filled = false;
	} else if (level == 3 && s->query != XMPP_OTHER && s->filled) {
		s->password = s->password || element == XMPP_PASSWORD;
		s->digest = s->digest || element == XMPP_DIGEST;
	}
}

/* "=" stands for an initial response of no bytes (RFC 6120 §6.4.2). */
static void
client_text(void *ctx, unsigned level, struct span text)
{
	struct xmpp_reading *r = ctx;
	enum xmpp_element element = xmpp_at(r->s, SIDE_CLIENT, level);
	bool secret = element == XMPP_PASSWORD || element == XMPP_DIGEST;

	if (!secret && element != XMPP_AUTH && element != XMPP_RESPONSE &&
	    element != XMPP_INITIAL_RESPONSE)
		return;
	for (size_t i = 0; i < text.n; i++) {
		int c = span_at(text, i);

		if (c > ' ' && (secret || c != '='))
			r->s->filled = true;
	}
}

const struct xml_handler xmpp_client_handler = {
	.start = client_start,
	.end = client_end,
	.text = client_text,
};
