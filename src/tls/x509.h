/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_X509_H
#define TLS_X509_H

#include "base/span.h"
#include "words/tls_facts.h"

/*
 * What a certificate says (RFC 5280 §4.1). All of *certificate_r is written;
 * of bytes that are no certificate only the fingerprint.
 */
void tls_x509_read(struct span der, struct tls_certificate *certificate_r);

#endif
