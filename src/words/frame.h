/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_FRAME_H
#define WORDS_FRAME_H

#include <stdint.h>

#include "base/span.h"

/* Which frame something came from; numbers count from 1 within their file or interface. */
struct frame_ref {
	int64_t at_ns;
	uint64_t number;
	uint32_t source;	/* index of the file or interface, from 0 */
};

/* One captured frame; the bytes are borrowed until the next one is asked for. */
struct frame {
	struct frame_ref ref;
	int link_type;		/* a DLT_ value of libpcap */
	uint8_t tap;		/* index of the named tap, 0 when taps are not named */
	struct span bytes;	/* what was captured */
	uint32_t wire_bytes;	/* how long it was on the wire */
};

#endif
