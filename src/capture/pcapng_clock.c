/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/pcapng_clock.h"

#include "capture/packet_record.h"

enum {
	UNIT_IS_BINARY = 0x80,
	UNIT_MASK = 0x7f,
	UNIT_NS = 9,
	DIGITS_MAX = 19,	/* 10^19 is the largest power of ten in 64 bits */
	FINEST_BINARY = 30,	/* 2^-30 s is finer than 1 ns */
};

static uint64_t
power_of_ten(unsigned n)
{
	uint64_t power = 1;

	while (n-- > 0)
		power *= 10;
	return power;
}

static void
split_decimal(uint64_t stamp, unsigned digits, uint64_t *seconds_r, uint64_t *ns_r)
{
	uint64_t units, rest;

	if (digits > DIGITS_MAX) {
		*seconds_r = *ns_r = 0;		/* 64 bits do not reach one second */
		return;
	}
	units = power_of_ten(digits);
	*seconds_r = stamp / units;
	rest = stamp % units;
	*ns_r = digits > UNIT_NS ? rest / power_of_ten(digits - UNIT_NS)
				 : rest * power_of_ten(UNIT_NS - digits);
}

static void
split_binary(uint64_t stamp, unsigned bits, uint64_t *seconds_r, uint64_t *ns_r)
{
	uint64_t rest;

	*seconds_r = bits < 64 ? stamp >> bits : 0;
	rest = bits < 64 ? stamp & ((UINT64_C(1) << bits) - 1) : stamp;
	if (bits > FINEST_BINARY) {
		unsigned excess = bits - FINEST_BINARY;

		rest = excess < 64 ? rest >> excess : 0;
		bits = FINEST_BINARY;
	}
	*ns_r = rest * 1000000000 >> bits;
}

int64_t
pcapng_clock_read(const struct pcapng_clock *clock, uint64_t stamp)
{
	unsigned n = clock->unit & UNIT_MASK;
	uint64_t seconds, ns;

	if ((clock->unit & UNIT_IS_BINARY) != 0)
		split_binary(stamp, n, &seconds, &ns);
	else
		split_decimal(stamp, n, &seconds, &ns);
	/* Both halves of the sum are far from the limits of int64_t, or clamped alike. */
	if (seconds > INT64_MAX / 2)
		seconds = INT64_MAX / 2;
	if (clock->origin_s > INT64_MAX / 2)
		return PACKET_TIME_MAX_NS;
	return packet_record_time((int64_t)seconds + clock->origin_s, ns);
}
