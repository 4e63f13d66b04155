/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_POLICY_IMPORT_H
#define JUDGE_POLICY_IMPORT_H

#include <stdio.h>

#include "base/err.h"

/*
 * Policies that others publish, as entries for the list "tls" of a policy file:
 * an MTA-STS policy (RFC 8461 §3.2) or the list of STARTTLS Everywhere (JSON).
 */

/*
 * Write the entry that a file comes to, indented for that list. 1 when there is one; 0 with
 * *e saying why there is none, as the domain only tests; -1 with FILE:LINE and what is wrong.
 */
int policy_import(const char *path, FILE *out, struct err *e);

#endif
