/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LDAP, what may be shown: the structure of messages, numbers and codes, names of operations
 * and mechanisms; of entries what the root DSE says of those. No name, no other value.
 */
#include "dialect/ldap.h"

enum {
	AUTH_SASL = 0xa3,
	REQUEST_NAME = 0x80,
	RESPONSE_NAME = 0x8a,
};

static const char *const operations[] = { "1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.4203.1.11.1",
	"1.3.6.1.4.1.4203.1.11.3", "1.3.6.1.4.1.1466.20036", NULL };
static const char *const types[] = { "supportedExtension", "supportedSASLMechanisms",
	"1.3.6.1.4.1.1466.101.120.7", "1.3.6.1.4.1.1466.101.120.14", NULL };

/* The next value of those that stand side by side, with its tag and length shown. */
static bool
take(struct disclosure *d, struct span *in, struct ber *value_r)
{
	const struct span before = *in;

	if (!ber_take(in, value_r))
		return false;
	disclose(d, span_head(before, before.n - in->n - value_r->content.n));
	return true;
}

static void
disclose_bind(struct disclosure *d, struct span content)
{
	struct ber version, name, choice, mechanism, response;

	if (!take(d, &content, &version))
		return;
	if (version.tag == BER_INTEGER)
		disclose(d, version.content);
	if (!take(d, &content, &name) || !take(d, &content, &choice) || choice.tag != AUTH_SASL)
		return;
	content = choice.content;
	if (take(d, &content, &mechanism))
		disclose_mechanism(d, mechanism.content);
	take(d, &content, &response);
}

static void
disclose_request(struct disclosure *d, const struct ber *operation)
{
	struct span content = operation->content;
	struct ber value;

	if (operation->tag == LDAP_BIND_REQUEST)
		disclose_bind(d, content);
	while (operation->tag == LDAP_EXTENDED_REQUEST && take(d, &content, &value)) {
		if (value.tag == REQUEST_NAME)
			disclose_known(d, value.content, operations);
	}
}

static void
disclose_values(struct disclosure *d, struct span values)
{
	struct ber value;

	while (take(d, &values, &value)) {
		if (!disclose_known(d, value.content, operations))
			disclose_mechanism(d, value.content);
	}
}

static void
disclose_attribute(struct disclosure *d, struct span attribute)
{
	struct ber type, values;

	if (!take(d, &attribute, &type) || !take(d, &attribute, &values))
		return;
	if (disclose_known(d, span_head(type.content, span_find(type.content, ';')), types)) {
		disclose(d, span_head(span_tail(type.content, span_find(type.content, ';')), 1));
		disclose_values(d, values.content);
	}
}

static void
disclose_entry(struct disclosure *d, struct span content)
{
	struct ber name, attributes, attribute;

	if (!take(d, &content, &name) || name.length > 0 || !take(d, &content, &attributes))
		return;
	content = attributes.content;
	while (take(d, &content, &attribute))
		disclose_attribute(d, attribute.content);
}

/* LDAPResult (RFC 4511 §4.1.9): the code, and words that name nobody. */
static void
disclose_result(struct disclosure *d, struct span content)
{
	struct ber code, matched, diagnostic, value;

	if (!take(d, &content, &code) || code.tag != BER_ENUMERATED)
		return;
	disclose(d, code.content);
	if (!take(d, &content, &matched) || !take(d, &content, &diagnostic))
		return;
	disclose_prose(d, diagnostic.content);
	while (take(d, &content, &value)) {
		if (value.tag == RESPONSE_NAME)
			disclose_known(d, value.content, operations);
	}
}

/* Of a message that is not whole nothing but its head: what follows could be anything. */
void
ldap_disclose(const void *state, struct disclosure *d)
{
	struct ber outer, number, operation;
	struct span content;
	long begin = ber_begin(d->unit, &outer);

	(void)state;
	if (d->is_rest || begin <= 0 || outer.tag != BER_SEQUENCE)
		return;
	disclose_at(d, 0, (size_t)begin);
	content = span_tail(d->unit, (size_t)begin);
	if (!take(d, &content, &number) || number.tag != BER_INTEGER)
		return;
	disclose(d, number.content);
	begin = ber_begin(content, &operation);
	if (begin <= 0)
		return;
	disclose(d, span_head(content, (size_t)begin));
	if (operation.content.n < operation.length)
		return;
	operation.content = span_head(operation.content, operation.length);
	if (d->from == SIDE_CLIENT)
		disclose_request(d, &operation);
	else if (operation.tag == LDAP_SEARCH_ENTRY)
		disclose_entry(d, operation.content);
	else if (operation.tag != LDAP_SEARCH_REFERENCE)
		disclose_result(d, operation.content);
}
