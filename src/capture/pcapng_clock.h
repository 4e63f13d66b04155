/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PCAPNG_CLOCK_H
#define CAPTURE_PCAPNG_CLOCK_H

#include <stdint.h>

/* How an interface counts time: if_tsresol and if_tsoffset of pcapng, 4.2. */
struct pcapng_clock {
	uint8_t unit;		/* n: 10^-n s; with the top bit set, 2^-n s */
	int64_t origin_s;	/* since 1970 */
};

enum { PCAPNG_UNIT_US = 6 };	/* unless an option says otherwise */

/* Nanoseconds since 1970, clamped to 0..2^62. */
int64_t pcapng_clock_read(const struct pcapng_clock *clock, uint64_t stamp);

#endif
