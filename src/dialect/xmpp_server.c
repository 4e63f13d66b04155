/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XMPP, what the receiver says: its stream header and features (RFC 6120 §4.3.2),
 * the answer to the request for TLS (§5.4.2), the outcome of SASL (§6.4, §6.5),
 * stream errors (§4.9) and the verdict of dialback (XEP-0220 §2.3).
 */
#include "dialect/xmpp.h"
#include "dialect/reply.h"

/* Put as much of the text behind what is kept as there is room for. */
static void
append(struct keep *k, struct span text)
{
	keep_add(k, span_head(text, (size_t)(KEEP_BYTES - k->n)));
}

static void
header(struct xmpp *s, const char **attributes, struct facts *facts)
{
	struct span from = xml_attribute(attributes, "from"),
	    version = xml_attribute(attributes, "version");
	struct keep banner = { 0 };

	if (s->streaming[SIDE_SERVER])
		return;
	s->streaming[SIDE_SERVER] = true;
	append(&banner, span_text("<stream:stream version='"));
	append(&banner, span_head(version, 8));
	append(&banner, span_text("' from='"));
	append(&banner, from);
	append(&banner, span_text("'>"));
	facts_mark(facts, MARK_BANNER, keep_span(&banner));
	facts_server_name(facts, from.n > 0 ? from : keep_span(&s->wanted_host));
	/* it will send no features to a client that wants them */
	if (s->client_modern && !xmpp_is_modern(attributes))
		facts_mark(facts, MARK_LISTING_REFUSED, keep_span(&banner));
}

/* XML tells names apart by case and namespace: one that differs in these only is none of it. */
static void
feature(struct xmpp *s, enum xmpp_element element, const struct xml_name *name)
{
	struct capability *c = &s->features;
	struct keep line = { 0 };

	append(&line, span_text("<"));
	append(&line, name->local);
	append(&line, span_text(" xmlns='"));
	append(&line, name->space);
	append(&line, span_text("'/>"));
	if (element == XMPP_STARTTLS || !span_is(name->local, "starttls")) {
		capability_word(c, name->local, "starttls", keep_span(&line));
	} else if (c->corrupted == 0) {
		c->corrupted = 1;
		keep_set(&c->corrupted_line, keep_span(&line));
	}
}

/* Inside the features' <mechanisms/>, or SASL2's <authentication/>. */
static bool
is_mechanism(const struct xmpp *s, unsigned level)
{
	return level == 3 && xmpp_at(s, SIDE_SERVER, 1) == XMPP_FEATURES &&
	    xmpp_at(s, SIDE_SERVER, 3) == XMPP_MECHANISM;
}

static void
features_end(struct xmpp *s, struct facts *facts)
{
	if (s->required && s->features.offer) {
		keep_set(&s->features.offer_line,
		    span_text("<starttls><required/></starttls>"));
		facts_demand(facts, OPERATION_ANY, keep_span(&s->features.offer_line));
		facts_demand_listed(facts);
	}
	capability_finish(&s->features, "starttls", facts);
}

static void
answer(struct xmpp *s, enum answer answer, struct span reply, struct facts *facts)
{
	/* where the client is not seen the answer alone tells that it asked */
	if (!s->asked && s->streaming[SIDE_CLIENT] && !s->lost[SIDE_CLIENT])
		return;
	s->asked = false;
	facts_answer(facts, answer, reply);
}

/* What can be no answer to the request; SASL's words are one to SASL. */
static void
no_answer(struct xmpp *s, const char *reply, struct facts *facts)
{
	if (s->asked && !s->exchanging && !s->lost[SIDE_CLIENT])
		answer(s, ANSWER_INVALID, span_text(reply), facts);
}

/* These say what is wrong with the stream itself, not with what was asked for. */
static bool
is_about_stream(struct span condition)
{
	static const char *const conditions[] = {
		"conflict", "connection-timeout", "host-gone", "host-unknown",
		"improper-addressing", "internal-server-error", "remote-connection-failed",
		"reset", "resource-constraint", "see-other-host", "system-shutdown",
		"unsupported-version",
	};

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		if (span_is(condition, conditions[i]))
			return true;
	}
	return false;
}

static bool
names_encryption(struct span text)
{
	return reply_mentions(text, "encrypt") || reply_mentions(text, "TLS") ||
	    reply_mentions(text, "SSL");
}

/* RFC 6120 §4.9.1.1: whatever it was, the stream ends. */
static void
error_end(struct xmpp *s, struct facts *facts)
{
	struct span condition = keep_span(&s->condition), words = keep_span(&s->words);
	bool encryption = reply_says(words, names_encryption);

	if (encryption)
		facts_demand(facts, OPERATION_ANY, condition);
	if (s->redirect && !facts->seen->authenticated) {
		facts_mark(facts, MARK_REDIRECT, condition);
		facts->news = true;
	}
	if (s->exchanging || s->login_waits)
		facts_login(facts, encryption ? LOGIN_NEEDS_TLS : LOGIN_WRONG, condition);
	s->exchanging = s->login_waits = false;
	if (s->corrupted && !is_about_stream(condition)) {
		facts_mark(facts, MARK_COMMAND_CORRUPTED, condition);
		facts->news = true;
	}
	if (s->asked)
		answer(s, is_about_stream(condition) ? ANSWER_CLOSING : ANSWER_PERMANENT,
		    condition, facts);
	s->closed = true;
}

static void
accepted(struct xmpp *s, const char *reply, struct facts *facts)
{
	s->exchanging = s->login_waits = false;
	facts_login(facts, LOGIN_ACCEPTED, span_text(reply));
}

static void
refused(struct xmpp *s, struct facts *facts)
{
	if (s->needs_tls) {
		facts_demand(facts, OPERATION_LOGIN, span_text("<encryption-required/>"));
		facts_login(facts, LOGIN_NEEDS_TLS, span_text("<encryption-required/>"));
	} else {
		facts_login(facts, LOGIN_WRONG, span_text("<failure/>"));
	}
	s->exchanging = false;
}

/* XEP-0220 §2.1.2: the other server's host is believed; what servers have for a login. */
static void
dialback(struct xmpp *s, const char **attributes, struct facts *facts)
{
	if (!span_equals(xml_attribute(attributes, "type"), span_text("valid")))
		return;
	facts_accepted(facts, OPERATION_OTHER, span_text("<db:result type='valid'/>"));
	accepted(s, "<db:result type='valid'/>", facts);
}

static void
iq_begin(struct xmpp *s, const char **attributes)
{
	struct span type = xml_attribute(attributes, "type");

	s->iq_error = span_equals(type, span_text("error"));
	s->iq_answers = s->login_waits && xmpp_id(attributes) == s->login_id &&
	    (s->iq_error || span_equals(type, span_text("result")));
}

static void
iq_end(struct xmpp *s, struct facts *facts)
{
	if (!s->iq_answers)
		return;
	if (s->iq_error)
		facts_login(facts, LOGIN_WRONG, span_text("<iq type='error'/>"));
	else
		accepted(s, "<iq type='result'/>", facts);
	s->login_waits = false;
}

static void
stanza_begin(struct xmpp *s, enum xmpp_element element, const char **attributes,
    struct facts *facts)
{
	switch (element) {
	case XMPP_FEATURES:
		s->features = (struct capability){ 0 };
		s->required = false;
		break;
	case XMPP_STREAM_ERROR:
		s->condition.n = s->words.n = 0;
		s->redirect = false;
		break;
	case XMPP_SASL_FAILURE:
		s->needs_tls = false;
		break;
	case XMPP_DIALBACK:
		dialback(s, attributes, facts);
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

static void
child_begin(struct xmpp *s, enum xmpp_element element, const struct xml_name *name,
    struct facts *facts)
{
	switch (xmpp_at(s, SIDE_SERVER, 1)) {
	case XMPP_FEATURES:
		feature(s, element, name);
		break;
	case XMPP_STREAM_ERROR:
		if (element == XMPP_SEE_OTHER_HOST)
			s->redirect = true;
		if (element != XMPP_TEXT && s->condition.n == 0)
			append(&s->condition, name->local);
		break;
	case XMPP_SASL_FAILURE:
		s->needs_tls = s->needs_tls || element == XMPP_ENCRYPTION_REQUIRED;
		break;
	case XMPP_IQ:
		if (!s->iq_error && element != XMPP_QUERY_AUTH &&
		    element != XMPP_QUERY_REGISTER && element != XMPP_SETUP)
			facts_payload(facts, span_text("iq"), span_text("<iq>"));
		break;
	default:
		break;
	}
}

static void
server_start(void *ctx, unsigned level, const struct xml_name *name, const char **attributes)
{
	struct xmpp_reading *r = ctx;
	struct xmpp *s = r->s;
	enum xmpp_element element = xmpp_enter(s, SIDE_SERVER, level, name);

	if (level == 0 && element == XMPP_STREAM)
		header(s, attributes, r->facts);
	else if (level == 1)
		stanza_begin(s, element, attributes, r->facts);
	else if (level == 2)
		child_begin(s, element, name, r->facts);
	else if (level == 3 && element == XMPP_REQUIRED &&
	    xmpp_at(s, SIDE_SERVER, 2) == XMPP_STARTTLS &&
	    xmpp_at(s, SIDE_SERVER, 1) == XMPP_FEATURES)
		s->required = true;
	else if (is_mechanism(s, level))
		s->mechanism.n = 0;
}

/* Of a login; where an answer to <starttls/> is due, none of these is one. */
static void
login_end(struct xmpp *s, enum xmpp_element element, struct facts *facts)
{
	switch (element) {
	case XMPP_CHALLENGE:
		no_answer(s, "<challenge/>", facts);
		break;
	case XMPP_SUCCESS:
		no_answer(s, "<success/>", facts);
		accepted(s, "<success/>", facts);
		break;
	case XMPP_SASL_FAILURE:
		no_answer(s, "<failure/> of SASL", facts);
		refused(s, facts);
		break;
	case XMPP_HANDSHAKE:
		accepted(s, "<handshake/>", facts);
		break;
	default:
		break;
	}
}

static void
stanza_end(struct xmpp *s, enum xmpp_element element, struct facts *facts)
{
	switch (element) {
	case XMPP_FEATURES:
		features_end(s, facts);
		break;
	case XMPP_STREAM_ERROR:
		error_end(s, facts);
		break;
	case XMPP_PROCEED:
		answer(s, ANSWER_GRANTED, span_text("<proceed/>"), facts);
		break;
	case XMPP_TLS_FAILURE:
		answer(s, ANSWER_PERMANENT, span_text("<failure/>"), facts);
		break;
	case XMPP_TLS_UNKNOWN:
	case XMPP_TLS_FOREIGN:
		no_answer(s, "(neither proceed nor failure)", facts);
		break;
	case XMPP_COMPRESSED:
		facts_done(facts);
		break;
	case XMPP_IQ:
		iq_end(s, facts);
		break;
	default:
		login_end(s, element, facts);
		break;
	}
}

static void
server_end(void *ctx, unsigned level)
{
	struct xmpp_reading *r = ctx;

	if (level == 1)
		stanza_end(r->s, xmpp_at(r->s, SIDE_SERVER, level), r->facts);
	else if (level == 0)
		r->s->closed = true;
	else if (is_mechanism(r->s, level))
		capability_mechanism(&r->s->features, keep_span(&r->s->mechanism));
}

static void
server_text(void *ctx, unsigned level, struct span text)
{
	struct xmpp_reading *r = ctx;
	struct xmpp *s = r->s;

	if (is_mechanism(s, level))
		append(&s->mechanism, text);
	if (level != 2 || xmpp_at(s, SIDE_SERVER, 1) != XMPP_STREAM_ERROR)
		return;
	switch (xmpp_at(s, SIDE_SERVER, 2)) {
	case XMPP_SEE_OTHER_HOST:
	case XMPP_TEXT:
		append(&s->words, text);
		break;
	default:
		break;
	}
}

const struct xml_handler xmpp_server_handler = {
	.start = server_start,
	.end = server_end,
	.text = server_text,
};
