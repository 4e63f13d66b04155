/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TLS_BYTES_H
#define TESTS_TLS_BYTES_H

#include <stdbool.h>

#include "session/buffer.h"

/*
 * Well-formed TLS to put into conversations, by the names that transcripts use:
 * "ClientHello", "ClientHello 1.2", "ClientHello h2" or another name (ALPN), "ClientHello SSLv2",
 * "ServerHello", "ServerHello 1.2", "ServerHello 1.2 sentinel" (of a server that
 * could do 1.3), "alert 40" (fatal), "warning 0", "ChangeCipherSpec",
 * "Finished" and "record" (protected). False when there is none of that name.
 */
bool tls_bytes(const char *name, struct buffer *out);

#endif
