/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_CHECKSUM_H
#define DECODE_CHECKSUM_H

#include <stdbool.h>

#include "base/span.h"
#include "words/address.h"

/*
 * True when the Internet checksum (RFC 1071) over the pseudo header and the
 * whole TCP segment, its checksum field included, comes out right.
 */
bool checksum_tcp_is_good(const struct address addr[2], struct span segment);

#endif
