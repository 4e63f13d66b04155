/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/preface.h"

enum {
	V1_MAX_BYTES = 107,	/* the longest line that the PROXY protocol allows */
	V2_HEADER_BYTES = 16,
};

/* Is what we have a part of the magic? Then more may complete it. */
static bool
could_become(struct span have, const char *magic, size_t n)
{
	return have.n < n && span_equals(have, span_of(magic, have.n));
}

static long
version_1(struct span client)
{
	size_t end = span_find(span_head(client, V1_MAX_BYTES), '\n');

	if (end < client.n && end < V1_MAX_BYTES)
		return (long)(end + 1);
	return client.n < V1_MAX_BYTES ? -1 : 0;
}

static long
version_2(struct span client)
{
	struct span header = client;
	uint16_t length;

	if (!span_skip(&header, V2_HEADER_BYTES - 2) || !span_be16(&header, &length))
		return -1;
	return client.n < (size_t)V2_HEADER_BYTES + length ? -1 : V2_HEADER_BYTES + length;
}

long
preface_length(struct span client)
{
	static const char v1[] = "PROXY ", v2[] = "\r\n\r\n\0\r\nQUIT\n";
	const size_t v1_n = sizeof(v1) - 1, v2_n = sizeof(v2) - 1;

	if (client.n > 0 &&
	    (could_become(client, v1, v1_n) || could_become(client, v2, v2_n)))
		return -1;
	if (client.n >= v1_n && span_equals(span_head(client, v1_n), span_of(v1, v1_n)))
		return version_1(client);
	if (client.n >= v2_n && span_equals(span_head(client, v2_n), span_of(v2, v2_n)))
		return version_2(client);
	return 0;
}
