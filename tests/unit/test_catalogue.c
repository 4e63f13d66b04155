/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every technique that is known is looked for, by a row of the decision table, or
 * docs/limits.md names it and says why it is not.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "judge/decision.h"

static const char *const known[] = {
	/* what is advertised */
	"cap-stripped", "cap-masked", "cap-corrupted", "cap-cmd-refused", "cap-withdrawn",
	"cap-contradiction", "reply-structure-anomaly", "policy-token-stripped",
	"cap-offered-after-auth", "sasl-downgrade",
	/* what is asked */
	"request-refused-temp", "request-refused-perm", "request-invalid-reply",
	"request-swallowed", "cmd-corrupted", "request-dropped",
	/* what was granted */
	"accept-no-tls", "plaintext-after-accept", "handshake-stalled",
	"handshake-failed-fallback", "injected-command", "injected-response",
	"premature-untagged", "preauth-greeting",
	/* what is a breach in one session */
	"cleartext-auth-despite-offer", "cleartext-payload-despite-offer", "required-violated",
	/* TLS that was up and is gone, or is only half there */
	"ftp-ccc", "ftp-data-clear", "tls-layer-removed", "half-strip", "two-tap-mismatch",
	/* inside the upgraded session */
	"tls-version-downgrade", "tls-weak-cipher", "cert-changed", "server-fingerprint-changed",
	"stack-mismatch", "clienthello-changed", "opossum", "alpaca",
	/* the network */
	"mots-conflict", "mots-ttl", "rst-injected", "port-downgrade", "dns-sts-suppressed",
	"dns-tlsa-suppressed", "mx-redirected", "cleartext-redirect",
	/* what is related */
	"smuggling-eod", "scanner",
};

enum { KNOWN = sizeof(known) / sizeof(known[0]), DOCUMENT_MAX = 1 << 20 };

static char *
limits_document(void)
{
	const char *top = getenv("top_srcdir");
	char path[4096], *text;
	struct err e;
	size_t n;

	snprintf(path, sizeof(path), "%s/docs/limits.md", top != NULL ? top : ".");
	if (file_read(path, DOCUMENT_MAX, &text, &n, &e) < 0)
		fail_msg("%s", e.text);
	text = realloc(text, n + 1);
	assert_non_null(text);
	text[n] = '\0';
	return text;
}

static void
each_is_looked_for_or_named(void **state)
{
	char *limits = limits_document(), quoted[64];

	(void)state;
	for (size_t i = 0; i < KNOWN; i++) {
		const enum technique t = technique_by_id(known[i]);
		const bool looked_for = t != TECHNIQUE_NONE && decision_asks(t, 0) != NULL;

		snprintf(quoted, sizeof(quoted), "`%s`", known[i]);
		if (looked_for == (strstr(limits, quoted) != NULL))
			fail_msg("%s is %s", known[i], looked_for ?
			    "looked for, and docs/limits.md says that it is not" :
			    "not looked for, and docs/limits.md does not say why");
	}
	free(limits);
}

static void
each_in_the_table_is_known(void **state)
{
	(void)state;
	for (int t = TECHNIQUE_NONE + 1; t < TECHNIQUES; t++) {
		const char *id = technique_info((enum technique)t)->id;
		size_t i = 0;

		while (i < KNOWN && strcmp(known[i], id) != 0)
			i++;
		if (i == KNOWN)
			fail_msg("%s is in no list", id);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_looked_for_or_named),
		cmocka_unit_test(each_in_the_table_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
