/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XMPP (RFC 6120): which stream a connection is, and its units. Only children
 * of the stream mean anything, and theirs inside features, errors, failures and
 * login queries: all else is content, whatever it looks like.
 */
#include "dialect/xmpp.h"

#include <string.h>

#include "base/hash.h"

static const char ns_streams[] = "http://etherx.jabber.org/streams";
static const char ns_tls[] = "urn:ietf:params:xml:ns:xmpp-tls";
static const char ns_sasl[] = "urn:ietf:params:xml:ns:xmpp-sasl";
static const char ns_sasl2[] = "urn:xmpp:sasl:2";
static const char byte_order_mark[] = "\xef\xbb\xbf";
static const char ns_errors[] = "urn:ietf:params:xml:ns:xmpp-streams";

static const struct {
	const char *space, *local;
	enum xmpp_element element;
} elements[] = {
	{ ns_streams, "stream", XMPP_STREAM },
	{ ns_streams, "features", XMPP_FEATURES },
	{ ns_streams, "error", XMPP_STREAM_ERROR },
	{ ns_tls, "starttls", XMPP_STARTTLS },
	{ ns_tls, "required", XMPP_REQUIRED },
	{ ns_tls, "proceed", XMPP_PROCEED },
	{ ns_tls, "failure", XMPP_TLS_FAILURE },
	{ ns_sasl, "auth", XMPP_AUTH },
	{ ns_sasl, "response", XMPP_RESPONSE },
	{ ns_sasl, "mechanism", XMPP_MECHANISM },
	{ ns_sasl, "challenge", XMPP_CHALLENGE },
	{ ns_sasl, "success", XMPP_SUCCESS },
	{ ns_sasl, "failure", XMPP_SASL_FAILURE },
	{ ns_sasl, "encryption-required", XMPP_ENCRYPTION_REQUIRED },
	{ ns_sasl2, "authenticate", XMPP_AUTH },
	{ ns_sasl2, "initial-response", XMPP_INITIAL_RESPONSE },
	{ ns_sasl2, "response", XMPP_RESPONSE },
	{ ns_sasl2, "mechanism", XMPP_MECHANISM },
	{ ns_sasl2, "challenge", XMPP_CHALLENGE },
	{ ns_sasl2, "success", XMPP_SUCCESS },
	{ ns_sasl2, "failure", XMPP_SASL_FAILURE },
	{ "jabber:client", "message", XMPP_MESSAGE },
	{ "jabber:client", "presence", XMPP_PRESENCE },
	{ "jabber:client", "iq", XMPP_IQ },
	{ "jabber:server", "message", XMPP_MESSAGE },
	{ "jabber:server", "presence", XMPP_PRESENCE },
	{ "jabber:server", "iq", XMPP_IQ },
	{ "jabber:component:accept", "message", XMPP_MESSAGE },
	{ "jabber:component:accept", "presence", XMPP_PRESENCE },
	{ "jabber:component:accept", "iq", XMPP_IQ },
	{ "jabber:component:accept", "handshake", XMPP_HANDSHAKE },
	{ "jabber:iq:auth", "query", XMPP_QUERY_AUTH },
	{ "jabber:iq:auth", "password", XMPP_PASSWORD },
	{ "jabber:iq:auth", "digest", XMPP_DIGEST },
	{ "jabber:iq:register", "query", XMPP_QUERY_REGISTER },
	{ "jabber:iq:register", "password", XMPP_PASSWORD },
	{ "urn:ietf:params:xml:ns:xmpp-bind", "bind", XMPP_SETUP },
	{ "urn:ietf:params:xml:ns:xmpp-session", "session", XMPP_SETUP },
	{ "jabber:server:dialback", "result", XMPP_DIALBACK },
	{ "http://jabber.org/protocol/compress", "compressed", XMPP_COMPRESSED },
	{ ns_errors, "see-other-host", XMPP_SEE_OTHER_HOST },
	{ ns_errors, "text", XMPP_TEXT },
};

enum xmpp_element
xmpp_element_of(const struct xml_name *name)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (xml_is(name, elements[i].space, elements[i].local))
			return elements[i].element;
	}
	if (span_equals(name->space, span_text(ns_tls)))
		return XMPP_TLS_UNKNOWN;
	if (span_is(name->local, "proceed") || span_is(name->local, "failure"))
		return XMPP_TLS_FOREIGN;
	return XMPP_OTHER;
}

enum xmpp_element
xmpp_enter(struct xmpp *s, enum side from, unsigned level, const struct xml_name *name)
{
	enum xmpp_element element;

	if (level >= XMPP_LEVELS)
		return XMPP_OTHER;
	element = xmpp_element_of(name);
	if (level == 0 && element != XMPP_STREAM)
		s->foreign = true;
	s->path[from][level] = (uint8_t)element;
	return element;
}

enum xmpp_element
xmpp_at(const struct xmpp *s, enum side from, unsigned level)
{
	return level < XMPP_LEVELS ? (enum xmpp_element)s->path[from][level] : XMPP_OTHER;
}

bool
xmpp_is_modern(const char **attributes)
{
	int major = span_at(xml_attribute(attributes, "version"), 0);

	return major >= '1' && major <= '9';
}

uint64_t
xmpp_id(const char **attributes)
{
	static const struct hash_key fixed = { { 0x7374616e7a612069, 0x6420686173682e2e } };
	struct span id = xml_attribute(attributes, "id");

	return hash_bytes(&fixed, id.p, id.n);
}

/* The name in a start tag, with its prefix; nothing for an end tag. */
static struct span
tag_name(struct span tag)
{
	size_t end = 1;

	while (end < tag.n && strchr(" \t\r\n/>", span_at(tag, end)) == NULL)
		end++;
	return span_tail(span_head(tag, end), 1);
}

/* A stream may begin anew without a declaration, after SASL (RFC 6120 §6.4.6). */
static bool
begins_stream(struct span tag)
{
	struct span name = tag_name(tag);
	size_t colon = span_find(name, ':');

	return span_equals(colon < name.n ? span_tail(name, colon + 1) : name,
	    span_text("stream"));
}

/* Behind a hole: these stand nowhere but right inside the stream. */
static bool
begins_stanza(struct span tag)
{
	static const char *const names[] = {
		"message", "presence", "iq", "stream:features", "stream:error",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_equals(tag_name(tag), span_text(names[i])))
			return true;
	}
	return false;
}

/* Where the capture began under way, this comes before any content. */
static bool
begins_negotiation(struct span tag)
{
	static const char *const names[] = {
		"starttls", "proceed", "failure", "auth", "response", "challenge", "success",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_equals(tag_name(tag), span_text(names[i])))
			return true;
	}
	return false;
}

/* The place in that direction is lost until a stream begins anew. */
static void
lose(struct xmpp *s, enum side from, struct facts *facts)
{
	xml_lose(&s->xml[from]);
	s->lost[from] = true;
	facts_lost_side(facts, from);
}

static void
restart(struct xmpp *s, enum side from)
{
	xml_restart(&s->xml[from]);
	s->lost[from] = false;
}

static void
pass_start(void *ctx, unsigned level, const struct xml_name *name, const char **attributes)
{
	(void)ctx;
	(void)level;
	(void)name;
	(void)attributes;
}

/* The stream's header was not seen: go on as if it had been the usual one. */
static void
resume(struct xmpp *s, enum side from)
{
	static const char header[] = "<stream:stream xmlns='jabber:client' "
	    "xmlns:stream='http://etherx.jabber.org/streams' "
	    "xmlns:db='jabber:server:dialback'>";
	static const struct xml_handler pass = { .start = pass_start };

	restart(s, from);
	if (!xml_parse(&s->xml[from], span_text(header), &pass, NULL))
		s->lost[from] = true;
	s->path[from][0] = XMPP_STREAM;
	s->streaming[from] = true;
}

/* False when this cannot be XMPP after all. */
static bool
parse(struct xmpp *s, enum side from, struct span unit, struct facts *facts)
{
	struct xmpp_reading reading = { s, facts };
	bool good = xml_parse(&s->xml[from], unit, from == SIDE_CLIENT ?
	    &xmpp_client_handler : &xmpp_server_handler, &reading);

	if (good && !s->foreign)
		return true;
	if (from == SIDE_CLIENT && !s->streaming[SIDE_CLIENT])
		return false;
	s->foreign = false;
	lose(s, from, facts);
	return true;
}

static bool
read_unit(struct xmpp *s, enum side from, enum xml_unit kind, struct span unit,
    struct facts *facts)
{
	switch (kind) {
	case XML_BLANK:
		facts->unit = UNIT_QUIET;
		return true;
	case XML_DECLARATION:
		/* nowhere but at the beginning of a stream */
		facts->unit = UNIT_QUIET;
		restart(s, from);
		break;
	case XML_FORBIDDEN:
		lose(s, from, facts);
		/* nobody's words but the client's say that this is no XMPP */
		return from == SIDE_SERVER || s->streaming[SIDE_CLIENT];
	case XML_TAG:
		if (s->xml[from].depth == 1 && begins_stream(unit))
			restart(s, from);
		else if ((s->lost[from] || !s->streaming[from]) && begins_stanza(unit))
			resume(s, from);
		else if (!s->streaming[from] && begins_negotiation(unit))
			resume(s, from);
		break;
	case XML_TEXT:
		break;
	}
	return s->lost[from] || parse(s, from, unit, facts);
}

static long
xmpp_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct xmpp *s = state;
	enum xml_unit kind;
	long used;

	/* answers say by themselves what they answer, however late they come */
	facts->request_expired = false;
	if (!facts->again)
		xml_look_anew(&s->xml[from]);
	used = xml_unit_read(&s->xml[from], in, &kind);
	if (used > 0 && !read_unit(s, from, kind, span_head(in, (size_t)used), facts))
		return -1;
	return used;
}

static void
xmpp_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct xmpp *s = state;

	(void)count;
	lose(s, from, facts);
	s->filled = false;
	if (from == SIDE_CLIENT)
		s->exchanging = s->login_waits = false;
}

static void
xmpp_end(void *state)
{
	struct xmpp *s = state;

	xml_restart(&s->xml[SIDE_CLIENT]);
	xml_restart(&s->xml[SIDE_SERVER]);
}

static bool
holds(struct span in, const char *what)
{
	for (; in.n > 0; span_skip(&in, 1)) {
		if (span_starts(in, what))
			return true;
	}
	return false;
}

/* Other protocols speak XML, too: the whole tag with its namespace tells. */
static enum probe
probe_tag(struct span tag)
{
	if (begins_stream(tag))
		return holds(tag, ns_streams) ? PROBE_YES : PROBE_NO;
	if (begins_negotiation(tag))
		return holds(tag, ns_tls) || holds(tag, ns_sasl) ? PROBE_YES : PROBE_NO;
	return begins_stanza(tag) ? PROBE_WEAK : PROBE_NO;
}

/* Who hears the client, and says nothing that could be markup, is another. */
static bool
is_contradicted(const struct opening *opening)
{
	const struct span server = opening->said[SIDE_SERVER];

	return server.n > 0 && span_find(server, '<') == server.n;
}

static enum probe
xmpp_probe(const struct opening *opening)
{
	enum side side = opening->said[SIDE_CLIENT].n > 0 ? SIDE_CLIENT : SIDE_SERVER;
	struct span in = opening->said[side];
	struct xml scan = { 0 };
	enum xml_unit kind = XML_BLANK;
	long used;

	if (span_starts(in, byte_order_mark))
		span_skip(&in, strlen(byte_order_mark));
	while ((used = xml_unit_read(&scan, in, &kind)) > 0 &&
	    (kind == XML_BLANK || kind == XML_DECLARATION))
		span_skip(&in, (size_t)used);
	if (used > 0 && kind == XML_TAG) {
		enum probe probe = probe_tag(span_head(in, (size_t)used));

		return probe == PROBE_YES && is_contradicted(opening) ? PROBE_LIKELY : probe;
	}
	if (used > 0)
		return PROBE_NO;
	if (in.n > 0 && span_at(in, 0) != '<')
		return span_equals(in, span_head(span_text(byte_order_mark), in.n)) ?
		    PROBE_MORE : PROBE_NO;
	return span_starts(in, "<stream:stream") ? PROBE_WEAK : PROBE_MORE;
}

const struct dialect dialect_xmpp = {
	.name = "xmpp",
	.rfcs = "6120 7590",
	.ports = { 5222, 5269 },
	.implicit_ports = { 5223, 5270 },
	.alpn = "xmpp-client xmpp-server",
	.traits = TRAIT_OWN_WORDS,
	.state_size = sizeof(struct xmpp),
	.offer = "starttls in the stream features",
	.request = "starttls",
	.grant = "proceed",
	.tells = "cap-masked cap-corrupted cap-cmd-refused cmd-corrupted "
	    "cleartext-redirect required-violated",
	.probe = xmpp_probe,
	.feed = xmpp_feed,
	.disclose = xmpp_disclose,
	.gap = xmpp_gap,
	.end = xmpp_end,
};
