/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_POLICY_H
#define JUDGE_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/span.h"
#include "words/observation.h"
#include "words/technique.h"
#include "words/verdict.h"

/*
 * What the operator says, which nothing that is learnt overrules: where TLS
 * must be, may be, or never is; which taps show what was decrypted; which
 * machines end TLS on purpose; and which alerts are not wanted, until when and
 * why. docs/policy.md describes the file.
 */
struct policy;

enum policy_tls {
	POLICY_SILENT,		/* the file does not speak of this server */
	POLICY_REQUIRED,
	POLICY_OPTIONAL,	/* whatever it did before, nothing is expected of it */
	POLICY_NEVER,		/* it has no TLS, and what crosses in clear there is known */
};

/* NULL with *e set: FILE:LINE and what is wrong there. */
struct policy *policy_read(const char *path, struct err *e);

/* The same of a text that is called so. */
struct policy *policy_parse(const char *name, struct span text, struct err *e);

enum policy_tls policy_tls(const struct policy *p, const struct observation *seen);

/* Who says that TLS is required there: EXPECTED_BY_POLICY, the operator, or whom he names. */
enum expectation policy_by(const struct policy *p, const struct observation *seen);

/* Does the tap of that name show sessions after a machine has decrypted them? */
bool policy_decrypts(const struct policy *p, const char *tap);

/* Does a machine at that address end TLS on purpose? */
bool policy_ends_tls(const struct policy *p, const struct address *address);

/* Is an alert for this technique not wanted here and now (in packet time)? */
bool policy_suppresses(const struct policy *p, const struct observation *seen,
    enum technique technique);

/*
 * Entries that can never count, at that time or later: suppressions that have expired, and
 * what an earlier entry by itself already holds for. Each is told as its line and why; how
 * many there are.
 */
typedef void policy_report(void *ctx, unsigned line, const char *what);
unsigned policy_check(const struct policy *p, int64_t now_ns, policy_report *report, void *ctx);

void policy_free(struct policy **p);

#endif
