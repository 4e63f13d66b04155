/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/direction.h"

enum direction
direction_of(const struct flow_tuple *tuple, const struct network *home, size_t home_count)
{
	bool client = network_any_has(home, home_count, &tuple->addr[SIDE_CLIENT]);
	bool server = network_any_has(home, home_count, &tuple->addr[SIDE_SERVER]);

	if (home_count == 0)
		return DIRECTION_UNKNOWN;
	if (client)
		return server ? DIRECTION_INTERNAL : DIRECTION_OUTBOUND;
	return server ? DIRECTION_INBOUND : DIRECTION_EXTERNAL;
}

const char *
direction_name(enum direction direction)
{
	static const char *const names[DIRECTIONS] = { "", "inbound", "outbound", "internal",
		"external" };

	return names[direction];
}
