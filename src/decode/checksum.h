/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DECODE_CHECKSUM_H
#define DECODE_CHECKSUM_H

#include <stdbool.h>

#include "base/span.h"
#include "decode/segment.h"
#include "words/address.h"

/*
 * True when the Internet checksum (RFC 1071) over the pseudo header and the
 * whole TCP segment, its checksum field included, comes out right.
 */
bool checksum_tcp_is_good(const struct address addr[2], struct span segment);

/*
 * The segment's checksum, summed up now if it was not yet. Most segments of a
 * busy link are past the point where that matters, so it is left to who asks.
 */
enum checksum segment_checksum(const struct segment *segment);

#endif
