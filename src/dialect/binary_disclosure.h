/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_BINARY_DISCLOSURE_H
#define DIALECT_BINARY_DISCLOSURE_H

#include "dialect/disclosure.h"

/*
 * What may be shown of small binary protocols, whose units tell by themselves what they are:
 * see dialect.h.
 */
void kerberos_disclose(const void *state, struct disclosure *d);
void nbd_disclose(const void *state, struct disclosure *d);
void rdp_disclose(const void *state, struct disclosure *d);
void telnet_disclose(const void *state, struct disclosure *d);
void vnc_disclose(const void *state, struct disclosure *d);

#endif
