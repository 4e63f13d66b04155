/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/*
 * Time is always the packets' own: nanoseconds since 1970-01-01T00:00:00Z in
 * an int64_t called something_ns. Captures with stamps outside 0..2^62 are
 * clamped where they are read.
 */
#define CLOCK_SECOND_NS INT64_C(1000000000)
#define CLOCK_DAY_NS (INT64_C(86400) * CLOCK_SECOND_NS)

enum { CLOCK_TEXT_SIZE = 40 };

/* "2026-11-23T16:37:48.123456+0000", as EVE writes it. */
void clock_format(int64_t at_ns, char text_r[CLOCK_TEXT_SIZE]);

/* "2026-11-23T16:37:48", for times in seconds that nanoseconds could not hold. */
void clock_format_seconds(int64_t at_s, char text_r[CLOCK_TEXT_SIZE]);

#endif
