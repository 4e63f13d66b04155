/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/sasl.h"

#include <stddef.h>
#include <string.h>

/* The last one stands for all others. */
static const struct sasl_mechanism mechanisms[] = {
	{ "PLAIN", SASL_FIRST },
	{ "LOGIN", SASL_SECOND },
	{ "XOAUTH2", SASL_FIRST },
	{ "OAUTHBEARER", SASL_FIRST },
	{ "XOAUTH", SASL_FIRST },
	{ "AMQPLAIN", SASL_FIRST },	/* RabbitMQ's */
	{ "X-PLAIN-SUBMIT", SASL_FIRST },	/* Dovecot's, for servers that submit for a user */
	{ "CRAM-MD5", SASL_OPAQUE },
	{ "DIGEST-MD5", SASL_OPAQUE },
	{ "SCRAM-SHA-1", SASL_OPAQUE },
	{ "SCRAM-SHA-1-PLUS", SASL_OPAQUE },
	{ "SCRAM-SHA-256", SASL_OPAQUE },
	{ "SCRAM-SHA-256-PLUS", SASL_OPAQUE },
	{ "SCRAM-SHA-512", SASL_OPAQUE },
	{ "SCRAM-SHA-512-PLUS", SASL_OPAQUE },
	{ "NTLM", SASL_OPAQUE },
	{ "GSSAPI", SASL_OPAQUE },
	{ "GSS-SPNEGO", SASL_OPAQUE },
	{ "GS2-KRB5", SASL_OPAQUE },
	{ "GS2-KRB5-PLUS", SASL_OPAQUE },
	{ "KERBEROS_V4", SASL_OPAQUE },
	{ "OTP", SASL_OPAQUE },
	{ "SKEY", SASL_OPAQUE },
	{ "EXTERNAL", SASL_OPAQUE },
	{ "ANONYMOUS", SASL_OPAQUE },
	{ "unknown", SASL_OPAQUE },
};

const struct sasl_mechanism *
sasl_find(struct span name)
{
	size_t last = sizeof(mechanisms) / sizeof(mechanisms[0]) - 1;

	for (size_t i = 0; i < last; i++) {
		if (span_is(name, mechanisms[i].name))
			return &mechanisms[i];
	}
	return &mechanisms[last];
}

bool
sasl_hides_secret(const struct sasl_mechanism *m)
{
	static const char *const without_secret[] = { "EXTERNAL", "ANONYMOUS", "unknown" };

	for (size_t i = 0; i < sizeof(without_secret) / sizeof(without_secret[0]); i++) {
		if (strcmp(m->name, without_secret[i]) == 0)
			return false;
	}
	return m->kind == SASL_OPAQUE;
}
