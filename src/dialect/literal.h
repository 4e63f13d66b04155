/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_LITERAL_H
#define DIALECT_LITERAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/line.h"

/*
 * Strings as IMAP and its relatives write them: atoms, quoted strings, and
 * literals, which are announced at the very end of a line and follow it, so
 * that whatever they hold is content and nothing else (RFC 9051 §4.3, RFC 7888,
 * RFC 3516 §7, RFC 2244 §2.6.3, RFC 5804 §4).
 */
struct literal {
	uint64_t octets;
	/* {n}: its sender waits for a go-ahead, where the protocol has one */
	bool waits;
	bool improper;		/* {n-}, which no grammar has; RFC 7888 §5 is often misread so */
};

/*
 * Does the line, of which used bytes were read, announce a literal?
 * *text_r is the line without the announcement.
 */
bool literal_announced(const struct line *line, size_t used, struct literal *literal_r,
    struct span *text_r);

/*
 * Take one atom or quoted string off the front; false when none is left. Of a
 * quoted string *value_r is what stands between the quotes, still with its
 * backslashes.
 */
bool literal_argument(struct span *rest, struct span *value_r);

#endif
