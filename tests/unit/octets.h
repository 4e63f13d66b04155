/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_OCTETS_H
#define TESTS_OCTETS_H

#include <stdbool.h>

#include "session/buffer.h"

/*
 * Binary messages as text, with lengths that count themselves:
 *
 *	04d2162f	bytes; 00*20 is twenty of one
 *	"user"		text
 *	<ClientHello>	TLS, by the names of tls_bytes.h
 *	30{ ... }	what is in braces, behind its length in BER (X.690 §8.1.3)
 *	be4+4( ... )	behind its length in four bytes, big endian, plus 4;
 *	le3-1( ... )	behind one in three, little endian, less 1
 *
 * False when the text is none of these.
 */
bool octets_write(const char *text, struct buffer *out);

#endif
