/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_IMAP_STATUS_H
#define DIALECT_IMAP_STATUS_H

#include <stdbool.h>

#include "base/keep.h"
#include "base/span.h"
#include "dialect/facts.h"

/* The words that begin a status response. */
enum imap_status { IMAP_NO_STATUS, IMAP_OK, IMAP_NO, IMAP_BAD, IMAP_BYE, IMAP_PREAUTH };
enum imap_status imap_status_of(struct span word);

/* What stands between the brackets at the beginning of a text; empty when nothing does. */
struct span imap_code(struct span text);

/* Is that its first word? */
bool imap_has_code(struct span text, const char *code);

/* How a response may be quoted: its first word and a code that is known, never its text. */
struct span imap_quote(struct span word, struct span text, struct keep *room_r);

/*
 * A referral (RFC 2221, RFC 5804 §1.3): where to, without the user whom the
 * address may name (RFC 5092: imap://user;AUTH=mechanism@host/).
 */
void imap_redirect(struct span text, struct facts *facts);

#endif
