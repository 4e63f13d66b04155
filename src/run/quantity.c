/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/quantity.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>

struct unit {
	char letter;
	uint64_t factor;
};

static const struct unit no_units[] = { { '\0', 1 } };
static const struct unit byte_units[] = { { '\0', 1 }, { 'K', UINT64_C(1) << 10 },
	{ 'M', UINT64_C(1) << 20 }, { 'G', UINT64_C(1) << 30 } };
static const struct unit time_units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 },
	{ 'd', 86400 }, { 'w', 7 * 86400 } };

static bool
parse(const char *text, const struct unit *units, size_t unit_count, uint64_t max,
    uint64_t *number_r)
{
	const char *at = text;
	uint64_t number = 0;

	for (; *at >= '0' && *at <= '9' && number <= max; at++)
		number = number * 10 + (uint64_t)(*at - '0');
	if (at == text || number > max)
		return false;
	for (size_t i = 0; i < unit_count; i++) {
		if (units[i].letter != *at || (*at != '\0' && at[1] != '\0'))
			continue;
		*number_r = number * units[i].factor;
		return number <= max / units[i].factor;
	}
	return false;
}

int
quantity_number(const char *text, uint64_t min, uint64_t max, uint64_t *number_r, struct err *e)
{
	if (parse(text, no_units, 1, max, number_r) && *number_r >= min)
		return 0;
	return err_set(e, "say a number from %" PRIu64 " to %" PRIu64, min, max);
}

int
quantity_bytes(const char *text, uint64_t min, uint64_t max, uint64_t *bytes_r, struct err *e)
{
	if (parse(text, byte_units, sizeof(byte_units) / sizeof(byte_units[0]), max, bytes_r) &&
	    *bytes_r >= min)
		return 0;
	return err_set(e, "say bytes, such as 64K, 100M or 1G: from %" PRIu64 " to %" PRIu64, min,
	    max);
}

int
quantity_seconds(const char *text, int64_t min, int64_t max, int64_t *seconds_r, struct err *e)
{
	uint64_t seconds;

	if (parse(text, time_units, sizeof(time_units) / sizeof(time_units[0]), (uint64_t)max,
	    &seconds) && seconds >= (uint64_t)min) {
		*seconds_r = (int64_t)seconds;
		return 0;
	}
	return err_set(e, "say a time, such as 90s, 30m, 12h, 1d or 1w: from %" PRId64 " to %"
	    PRId64 " seconds", min, max);
}
