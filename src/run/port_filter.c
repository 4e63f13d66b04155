/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/port_filter.h"

#include <stdio.h>
#include <stdlib.h>

#include "capture/filter.h"

/*
 * What decode/ reads beside TCP that lies bare in IP. The kernel has taken the
 * outermost VLAN tag off before its filter looks; one that is still there is an inner one.
 * Fragments: all but whole datagrams. IPv6: every next header that is followed.
 */
static const char passed_whole[] =
    "ip[6:2] & 0x3fff != 0"
    " or icmp[0] = 3 or (ip6[6] = 58 and ip6[40] = 1)"
    " or ip proto 4 or ip proto 41 or ip proto 47 or ip proto 51"
    " or ip proto 137"
    " or (ip6 and (ip6[6] = 0 or ip6[6] = 4 or ip6[6] = 41 or ip6[6] = 43 or ip6[6] = 44"
    " or ip6[6] = 47 or ip6[6] = 51 or ip6[6] = 60 or ip6[6] = 135 or ip6[6] = 137"
    " or ip6[6] = 139 or ip6[6] = 140))"
    " or udp port 2152 or udp port 3544 or udp port 4789 or udp port 4790 or udp port 6081"
    " or ether proto 0x8100 or ether proto 0x88a8 or ether proto 0x9100"
    " or ether proto 0x8847 or ether proto 0x8848 or ether proto 0x8864"
    " or ether proto 0x894f";

static bool
holds(const struct ports *ports, unsigned port)
{
	return port <= UINT16_MAX && ports_hold(ports, (uint16_t)port);
}

static void
write_ports(FILE *out, const struct ports *ports)
{
	for (unsigned first = 0; first <= UINT16_MAX; first++) {
		unsigned last = first;

		if (!holds(ports, first))
			continue;
		while (holds(ports, last + 1))
			last++;
		if (first == last)
			fprintf(out, "tcp port %u or ", first);
		else
			fprintf(out, "tcp portrange %u-%u or ", first, last);
		first = last;
	}
}

/* "vlan" in the user's words would move what comes behind it: they stand last. */
static void
write_filter(FILE *out, const struct ports *ports, const char *extra)
{
	fputc('(', out);
	if (ports->all)
		fputs("tcp or ", out);
	else
		write_ports(out, ports);
	fputs(passed_whole, out);
	fputc(')', out);
	if (extra != NULL)
		fprintf(out, " and (%s)", extra);
}

/* A mistake in the user's words is told before anything is started, in these words. */
static int
check(const char *extra, struct err *e)
{
	struct filter *filter = filter_new(extra, e);

	if (filter == NULL)
		return -1;
	filter_free(&filter);
	return 0;
}

char *
port_filter_new(const struct ports *ports, const char *extra, struct err *e)
{
	char *text = NULL;
	size_t length;
	FILE *out;

	if (extra != NULL && check(extra, e) < 0)
		return NULL;
	out = open_memstream(&text, &length);
	if (out == NULL) {
		err_set_errno(e, "filter");
		return NULL;
	}
	write_filter(out, ports, extra);
	if (fclose(out) != 0) {
		err_set_errno(e, "filter");
		free(text);
		return NULL;
	}
	return text;
}
