/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/dotted.h"

size_t
dotted_read(uint8_t *state, struct span in, bool *ended_r)
{
	static const char end[] = "\r\n.\r\n";
	size_t i = 0;

	*ended_r = false;
	while (i < in.n && !*ended_r) {
		int c;

		if (*state == 0)
			i += span_find(span_tail(in, i), '\r');
		c = span_at(in, i);
		if (c < 0)
			break;
		i++;
		if (c == end[*state])
			(*state)++;
		else
			*state = c == '\r';
		*ended_r = end[*state] == '\0';
	}
	return i;
}
