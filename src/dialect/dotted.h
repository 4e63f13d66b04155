/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_DOTTED_H
#define DIALECT_DOTTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * A body that ends with CRLF . CRLF and with nothing else (RFC 1939 §3, RFC
 * 5321 §4.1.1.4). Its state says how much of that end has been read; at its
 * beginning, which is the start of a line, that is DOTTED_BEGINS.
 */
enum { DOTTED_BEGINS = 2 };

/* Bytes of the body at the front of in, all when its end is not among them. */
size_t dotted_read(uint8_t *state, struct span in, bool *ended_r);

#endif
