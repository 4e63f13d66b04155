/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LDAP, what the client asks: binds (RFC 4511 §4.2, RFC 4513 §5), StartTLS
 * (RFC 4511 §4.14.1), and what else a password or data may be in.
 */
#include "dialect/ldap.h"

enum {
	AUTH_SIMPLE = 0x80,		/* [0] of AuthenticationChoice */
	AUTH_SASL = 0xa3,		/* [3] */
	AUTH_SICILY_FIRST = 0x89,	/* [9] to [11], NTLM as Active Directory has it (MS-ADTS) */
	AUTH_SICILY_LAST = 0x8b,
	REQUEST_NAME = 0x80,		/* [0] of ExtendedRequest */
	REQUEST_VALUE = 0x81,		/* [1] */
};

static const char password_modify_oid[] = "1.3.6.1.4.1.4203.1.11.1";

static enum ldap_waiting
simple_bind(struct span name, struct span password, struct facts *facts)
{
	facts_said(facts, span_text("BindRequest simple"));
	/* RFC 4513 §5.1.1, §5.1.2: without a name or a password nobody is authenticated */
	if (name.n == 0 || password.n == 0)
		return LDAP_BIND_NOBODY;
	facts_client_name(facts, name);
	facts_credentials(facts, span_text("simple"), true, span_text("BindRequest simple"));
	return LDAP_BIND_PASSWORD;
}

/* RFC 4513 §5.2: what this response of the client's gives away depends on the mechanism. */
static enum ldap_waiting
sasl_bind(struct ldap *l, struct span sasl, struct facts *facts)
{
	struct span mechanism, response = { 0 };
	const struct sasl_mechanism *known;
	bool secret, given;

	facts_said(facts, span_text("BindRequest SASL"));
	if (!ber_expect(&sasl, BER_OCTET_STRING, &mechanism))
		return LDAP_BIND_NOBODY;
	given = ber_expect(&sasl, BER_OCTET_STRING, &response) && response.n > 0;
	known = sasl_find(mechanism);
	if (known != l->mechanism)
		l->responses = 0;
	l->mechanism = known;
	l->responses += given;
	secret = given && (known->kind == SASL_FIRST ||
	    (known->kind == SASL_SECOND && l->responses >= 2));
	if (secret || known->kind == SASL_OPAQUE)
		facts_credentials(facts, span_text(known->name), secret,
		    span_text("BindRequest SASL"));
	return LDAP_BIND_SASL;
}

static enum ldap_waiting
bind(struct ldap *l, struct span content, struct facts *facts)
{
	struct span name;
	struct ber choice;
	uint32_t version;

	facts_said(facts, span_text("BindRequest"));
	if (!ber_number(&content, BER_INTEGER, &version) ||
	    !ber_expect(&content, BER_OCTET_STRING, &name) || !ber_take(&content, &choice))
		return LDAP_BIND_NOBODY;
	if (choice.tag == AUTH_SIMPLE)
		return simple_bind(name, choice.content, facts);
	if (choice.tag == AUTH_SASL)
		return sasl_bind(l, choice.content, facts);
	if (choice.tag < AUTH_SICILY_FIRST || choice.tag > AUTH_SICILY_LAST)
		return LDAP_BIND_NOBODY;
	l->mechanism = sasl_find(span_text("NTLM"));
	facts_credentials(facts, span_text("NTLM"), false, span_text("BindRequest NTLM"));
	return LDAP_BIND_SASL;
}

static enum ldap_waiting
extended(struct span content, struct facts *facts)
{
	static const char what[] = "ExtendedRequest StartTLS";
	struct span name, value;

	facts_said(facts, span_text("ExtendedRequest"));
	if (!ber_expect(&content, REQUEST_NAME, &name))
		return LDAP_OTHER;
	if (span_is(name, ldap_starttls_oid)) {
		facts_said(facts, span_text(what));
		facts_request(facts, span_text(what));
		/* RFC 4511 §4.14.1: the value is absent */
		if (ber_expect(&content, REQUEST_VALUE, &value))
			facts_mark(facts, MARK_REQUEST_ARGUMENT, span_text(what));
		return LDAP_STARTTLS;
	}
	if (!span_is(name, password_modify_oid))
		return LDAP_OTHER;
	facts_credentials(facts, span_text("password-modify"), true,
	    span_text("ExtendedRequest password modify"));
	return LDAP_PASSWORD_CHANGE;
}

/* Its answer is not waited for any more: what comes for it later says nothing. */
static void
drop_expired_request(struct ldap *l, struct facts *facts)
{
	if (facts->request_expired) {
		for (unsigned i = 0; i < l->waiting_count; i++) {
			if (l->waiting[i].what == LDAP_STARTTLS)
				l->waiting[i].what = LDAP_OTHER;
		}
	}
	facts->request_expired = false;
}

void
ldap_client_message(struct ldap *l, const struct ldap_message *m, struct facts *facts)
{
	struct span content = m->operation.content;
	enum ldap_waiting what = LDAP_OTHER;

	drop_expired_request(l, facts);
	switch (m->operation.tag) {
	case LDAP_UNBIND_REQUEST:
		facts->unit = UNIT_QUIET;
		return;			/* has no answer, as has the next */
	case LDAP_ABANDON_REQUEST:
		facts_said(facts, span_text("AbandonRequest"));
		return;
	case LDAP_BIND_REQUEST:
		what = bind(l, content, facts);
		break;
	case LDAP_EXTENDED_REQUEST:
		what = extended(content, facts);
		break;
	case LDAP_SEARCH_REQUEST:
		facts_said(facts, span_text("SearchRequest"));
		break;
	default:
		facts_said(facts, span_text("update"));
		what = LDAP_UPDATE;
		break;
	}
	ldap_wait(l, m->id, what);
}
