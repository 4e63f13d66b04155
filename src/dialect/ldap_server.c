/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LDAP, what the server answers: result codes (RFC 4511 §4.1.9, appendix A),
 * the root DSE's supportedExtension (RFC 4512 §5.1), and the notice of
 * disconnection (RFC 4511 §4.4.1).
 */
#include "dialect/ldap.h"

#include <stdio.h>

#include "dialect/capability.h"

/* Result codes that mean something for the upgrade. */
enum result_code {
	RESULT_SUCCESS = 0,
	RESULT_OPERATIONS_ERROR = 1,	/* not now */
	RESULT_COMPARE_FALSE = 5,
	RESULT_COMPARE_TRUE = 6,
	RESULT_STRONGER_AUTH_REQUIRED = 8,
	RESULT_REFERRAL = 10,
	RESULT_CONFIDENTIALITY_REQUIRED = 13,
	RESULT_SASL_BIND_IN_PROGRESS = 14,
	RESULT_BUSY = 51,
	RESULT_UNAVAILABLE = 52,	/* Active Directory without a certificate */
};

/* What a result may be quoted as: the code, without words that could name a person. */
struct result {
	uint32_t code;
	struct keep text;
	struct span diagnostic;
};

/* LDAPResult (RFC 4511 §4.1.9); false when it is none. */
static bool
read_result(struct span content, struct result *r)
{
	char text[sizeof("resultCode=4294967295")];
	struct span matched;

	if (!ber_number(&content, BER_ENUMERATED, &r->code))
		return false;
	r->diagnostic = (struct span){ 0 };
	if (ber_expect(&content, BER_OCTET_STRING, &matched))
		ber_expect(&content, BER_OCTET_STRING, &r->diagnostic);
	snprintf(text, sizeof(text), "resultCode=%u", (unsigned)r->code);
	keep_set(&r->text, span_text(text));
	return true;
}

/* RFC 4513 §3.1.1: a bind before it may be in the way of StartTLS, but takes nothing away. */
static enum answer
answer_of(uint32_t code, bool authenticated)
{
	if (code == RESULT_SUCCESS)
		return ANSWER_GRANTED;
	if (authenticated && code == RESULT_OPERATIONS_ERROR)
		return ANSWER_LAWFUL;
	if (code == RESULT_BUSY || code == RESULT_UNAVAILABLE)
		return ANSWER_TEMPORARY;
	return ANSWER_PERMANENT;
}

static void
starttls_answer(const struct ldap_message *m, struct facts *facts)
{
	struct result r;

	if (m->operation.tag != LDAP_EXTENDED_RESPONSE ||
	    !read_result(m->operation.content, &r)) {
		facts_answer(facts, ANSWER_INVALID, span_text("not an ExtendedResponse"));
		return;
	}
	if (r.diagnostic.n > 0) {
		keep_add(&r.text, span_text(" "));
		keep_add(&r.text, span_head(r.diagnostic, KEEP_BYTES - r.text.n));
	}
	facts_answer(facts, answer_of(r.code, facts->seen->authenticated), keep_span(&r.text));
	/* RFC 4511 §6: clients should not follow that */
	if (r.code == RESULT_REFERRAL)
		facts_mark(facts, MARK_REDIRECT, keep_span(&r.text));
}

static void
demand(struct facts *facts, enum ldap_waiting what, struct span text)
{
	bool login = what == LDAP_BIND_NOBODY || what == LDAP_BIND_PASSWORD ||
	    what == LDAP_BIND_SASL;

	facts_demand(facts, login ? OPERATION_LOGIN : OPERATION_OTHER, text);
}

static bool
is_demand(uint32_t code)
{
	return code == RESULT_CONFIDENTIALITY_REQUIRED ||
	    code == RESULT_STRONGER_AUTH_REQUIRED;
}

/* A password, in a bind or to be set, has its answer. */
static void
login_answer(struct ldap *l, enum ldap_waiting what, uint32_t code, struct span text,
    struct facts *facts)
{
	if (code == RESULT_SASL_BIND_IN_PROGRESS)
		return;
	if (code == RESULT_REFERRAL)
		facts_mark(facts, MARK_REDIRECT, text);
	if (what == LDAP_BIND_SASL) {
		l->responses = 0;
		if (code == RESULT_SUCCESS && l->mechanism != NULL)
			l->may_wrap = l->mechanism->kind == SASL_OPAQUE;
	}
	if (code == RESULT_SUCCESS)
		facts_login(facts, LOGIN_ACCEPTED, text);
	else
		facts_login(facts, is_demand(code) ? LOGIN_NEEDS_TLS : LOGIN_WRONG, text);
}

static const char *
verb_of(uint8_t tag)
{
	switch (tag) {
	case LDAP_MODIFY_RESPONSE:
		return "modify";
	case LDAP_ADD_RESPONSE:
		return "add";
	case LDAP_DELETE_RESPONSE:
		return "delete";
	case LDAP_RENAME_RESPONSE:
		return "rename";
	case LDAP_COMPARE_RESPONSE:
		return "compare";
	default:
		return NULL;
	}
}

static void
update_answer(uint8_t tag, uint32_t code, struct span text, struct facts *facts)
{
	const char *verb = verb_of(tag);

	if (verb == NULL || (code != RESULT_SUCCESS && code != RESULT_COMPARE_FALSE &&
	    code != RESULT_COMPARE_TRUE))
		return;
	facts_accepted(facts, OPERATION_OTHER, text);
	facts_payload(facts, span_text(verb), span_text(verb));
}

static void
final_answer(struct ldap *l, const struct ldap_message *m, enum ldap_waiting what,
    struct facts *facts)
{
	struct result r;

	if (!read_result(m->operation.content, &r))
		return;
	if (is_demand(r.code))
		demand(facts, what, keep_span(&r.text));
	switch (what) {
	case LDAP_BIND_PASSWORD:
	case LDAP_BIND_SASL:
	case LDAP_PASSWORD_CHANGE:
		login_answer(l, what, r.code, keep_span(&r.text), facts);
		break;
	default:
		update_answer(m->operation.tag, r.code, keep_span(&r.text), facts);
		break;
	}
}

/* RFC 4512 §4.2: by name or by OID, perhaps with options behind a semicolon. */
static bool
is_supported_extension(struct span type)
{
	type = span_head(type, span_find(type, ';'));
	return span_is(type, "supportedExtension") ||
	    span_is(type, "1.3.6.1.4.1.1466.101.120.7");
}

/* PartialAttribute: a type and its values; *offer_r: is the OID among them? */
static bool
extension_values(struct span attribute, bool *offer_r)
{
	struct span type, values, value;
	bool any = false;

	if (!ber_expect(&attribute, BER_OCTET_STRING, &type) ||
	    !is_supported_extension(type) || !ber_expect(&attribute, BER_SET, &values))
		return false;
	while (ber_expect(&values, BER_OCTET_STRING, &value)) {
		any = true;
		*offer_r = *offer_r || span_is(value, ldap_starttls_oid);
	}
	return any;
}

/* RFC 4512 §5.1: which mechanisms there are. */
static bool
mechanism_values(struct span attribute, struct capability *c)
{
	struct span type, values, value;

	if (!ber_expect(&attribute, BER_OCTET_STRING, &type))
		return false;
	type = span_head(type, span_find(type, ';'));
	if ((!span_is(type, "supportedSASLMechanisms") &&
	    !span_is(type, "1.3.6.1.4.1.1466.101.120.14")) ||
	    !ber_expect(&attribute, BER_SET, &values))
		return false;
	while (ber_expect(&values, BER_OCTET_STRING, &value))
		capability_mechanism(c, value);
	return true;
}

/* Only the root DSE has an empty name, and only its values of that type are an offer. */
static void
entry(const struct ldap_message *m, struct facts *facts)
{
	struct span content = m->operation.content, name, attributes, attribute;
	bool listed = false, offer = false, mechanisms = false;
	struct capability c = { 0 };

	if (!ber_expect(&content, BER_OCTET_STRING, &name) || name.n > 0) {
		facts_payload(facts, span_text("search"), span_text("SearchResultEntry"));
		return;
	}
	if (!ber_expect(&content, BER_SEQUENCE, &attributes))
		return;
	while (ber_expect(&attributes, BER_SEQUENCE, &attribute)) {
		listed = extension_values(attribute, &offer) || listed;
		mechanisms = mechanism_values(attribute, &c) || mechanisms;
	}
	if (mechanisms)
		facts_mechanisms(facts, c.mechanisms);
	if (listed)
		facts_listing(facts, offer, span_text(offer ?
		    "supportedExtension: 1.3.6.1.4.1.1466.20037" :
		    "supportedExtension without 1.3.6.1.4.1.1466.20037"));
}

/* RFC 4511 §4.4: number 0 answers nothing; all that it can say is that the server leaves. */
static void
unsolicited(struct ldap *l, const struct ldap_message *m, struct facts *facts)
{
	struct result r;

	if (!read_result(m->operation.content, &r))
		return;
	for (unsigned i = 0; i < l->waiting_count; i++) {
		if (l->waiting[i].what != LDAP_STARTTLS)
			continue;
		facts_answer(facts, ANSWER_CLOSING, keep_span(&r.text));
		ldap_wait(l, l->waiting[i].id, LDAP_NOTHING);
		return;
	}
	if (is_demand(r.code))
		demand(facts, LDAP_OTHER, keep_span(&r.text));
}

/* An ExtendedResponse that answers nothing we saw, while StartTLS waits for its own. */
static void
stray_answer(struct ldap *l, struct facts *facts)
{
	for (unsigned i = 0; i < l->waiting_count && !l->holes; i++) {
		if (l->waiting[i].what != LDAP_STARTTLS)
			continue;
		facts_answer(facts, ANSWER_INVALID, span_text("answer with another messageID"));
		ldap_wait(l, l->waiting[i].id, LDAP_NOTHING);
		return;
	}
}

/* The bind that this answers was lost: its mechanism may wrap what follows (RFC 4422 §3.7). */
static void
lost_bind_answer(struct ldap *l, const struct ldap_message *m)
{
	struct result r;

	l->may_wrap = l->may_wrap || (l->holes && read_result(m->operation.content, &r) &&
	    r.code == RESULT_SUCCESS);
}

void
ldap_server_message(struct ldap *l, const struct ldap_message *m, struct facts *facts)
{
	enum ldap_waiting what = ldap_waits(l, m->id);
	uint8_t tag = m->operation.tag;

	if (m->id == 0) {
		unsolicited(l, m, facts);
		return;
	}
	if (tag == LDAP_SEARCH_ENTRY)
		entry(m, facts);
	if (what != LDAP_STARTTLS && (tag == LDAP_SEARCH_ENTRY ||
	    tag == LDAP_SEARCH_REFERENCE || tag == LDAP_INTERMEDIATE_RESPONSE))
		return;		/* more answers to the same request follow */
	ldap_wait(l, m->id, LDAP_NOTHING);
	if (what == LDAP_STARTTLS)
		starttls_answer(m, facts);
	else if (what == LDAP_NOTHING && tag == LDAP_EXTENDED_RESPONSE)
		stray_answer(l, facts);
	else if (what == LDAP_NOTHING && tag == LDAP_BIND_RESPONSE)
		lost_bind_answer(l, m);
	else
		final_answer(l, m, what, facts);
}
