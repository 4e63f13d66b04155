/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that did not come from where the others of their side did. */
#include "unit.h"

#include "packets.h"

#include <stdio.h>

/* Whose identifiers do not count: #0 stands for a host that sends none. */
#define QUIET_HS "C:S#0 S:SA#0 C:A#0 "
#define GREETED QUIET_HS "S:A=220#0 C:A=EHLO#0 "

static const struct packets_row rows[] = {
	/* one that differs, between others that agree */
	{ "another TTL", GREETED "S:A=250#0*51 S:A#0", "open S=220 C=EHLO S=250 S?6ttl" },
	{ "another TTL, and a foreign identifier",
	    GREETED "S:A=250#60000*51 S:A#0", "open S=220 C=EHLO S=250 S?6ttl" },
	{ "the client's", GREETED "C:A=QUIT#0*70 C:A#0", "open S=220 C=EHLOQUIT C?6ttl" },
	{ "the first with data of several", GREETED "S:A#0*51 S:A=250#0*51 S:A=x#0*51 S:A#0",
	    "open S=220 C=EHLO S=250x S?7ttl" },
	{ "an identifier that jumps and comes back",
	    "hs S:A=220 C:A S:A=a S:A=b S:A=c S:A=250#9000 S:A",
	    "open S=220abc250 S?9id" },
	{ "a timestamp that jumps and comes back",
	    "C:S#0 S:SA#0&5000 C:A#0 S:A=220#0&5001 S:A=a#0&5010 S:A=250#0&90000000 S:A#0&5020",
	    "open S=220a250 S?6time" },
	{ "a timestamp that is missing",
	    "C:S#0 S:SA#0&5000 C:A#0 S:A=220#0&5001 S:A=a#0&5010 S:A=250#0 S:A#0&5020",
	    "open S=220a250 S?6time" },
	{ "twice", GREETED "S:A=250#0*51 S:A#0 S:A=250#0*51 S:A#0",
	    "open S=220 C=EHLO S=250 S?6ttl S=250 S?8ttl" },

	/* harmless */
	{ "nearly the same TTL", GREETED "S:A=250#0*62 S:A#0", "open S=220 C=EHLO S=250" },
	{ "the route changes",
	    GREETED "S:A=250#0*51 S:A#0*51 S:A#0*51 S:A#0*51 S:A#0*51 S:A=x#0*51",
	    "open S=220 C=EHLO S=250x" },
	{ "... and the capture ends", GREETED "S:A=250#0*51", "open S=220 C=EHLO S=250" },
	{ "two routes, and a host that counts", "hs S:A=220 C:A=EHLO S:A=250*51 S:A=x S:A=y*51 S:A",
	    "open S=220 C=EHLO S=250xy" },
	{ "a proxy that opens the connection",
	    "C:S S:SA*250 C:A S:A=220#900 C:A=EHLO S:A=250#930 S:A=x#960",
	    "open S=220 C=EHLO S=250x" },
	{ "... and says something first", "C:S S:SA*250 C:A S:A*250 S:A=220#900 C:A=EHLO "
	    "S:A=250#930 S:A=x#960 S:A=x#990 S:A=x#1010 S:A=x#1090",
	    "open S=220 C=EHLO S=250xxxx" },
	{ "a keep-alive that somebody else sends",
	    GREETED "S:A@2=x#0*250 S:A@3#0*250 S:A=250#0", "open S=220 C=EHLO S?6ttl S=250" },
	{ "the tap heard it twice, on the way", "C:S#7 S:SA#8 S:SA#8*60 C:A#9 C:A#9*60 S:A=220#10 "
	    "S:A@0=220#10*60 S:A=250#11 S:A@3=250#11*60 S:A=x#12", "open S=220250x" },
	{ "identifiers at random", "hs S:A=220#100 S:A=a#20000 S:A=b#40 S:A=c#60000 S:A=d#9000",
	    "open S=220abcd" },
	{ "no timestamp since the beginning", "C:S#0 S:SA#0&5 C:A#0 S:A=2#0 S:A=3#0 S:A=4#0",
	    "open S=234" },
	{ "a long silence", "C:S#0 S:SA#0&5000 C:A#0 S:A=220#0&5001 S:A=a#0&5010 +3000000 "
	    "S:A=250#0&3005000 S:A#0&3005001", "open S=220a250" },

	/* resets */
	{ "a reset with another TTL", GREETED "C:A=STARTTLS#0 S:A#0 S:R#0*51",
	    "open S=220 C=EHLOSTARTTLS S?8ttlrst Sreset" },
	{ "its own", GREETED "C:A=STARTTLS#0 S:A#0 S:R#0", "open S=220 C=EHLOSTARTTLS Sreset" },
	{ "another identifier, no timestamp",
	    "C:S#0 S:SA#0&5000 C:A#0 S:A=220#0&5001 S:A=a#0&5010 S:R#40000", "open S=220a Sreset" },
	{ "too early to tell", "C:S#0 S:SA#0 C:A#0 S:R#0*51", "open Sreset" },
};

static void
strangers_are_told(void **state)
{
	struct packets_row ended[sizeof(rows) / sizeof(rows[0])];
	char logs[sizeof(rows) / sizeof(rows[0])][256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool reset = strstr(rows[i].log, "Sreset") != NULL;

		ended[i] = rows[i];
		snprintf(logs[i], sizeof(logs[i]), "%s %s", rows[i].log, reset ? "rst" : "end");
		ended[i].log = logs[i];
	}
	packets_run_rows(ended, sizeof(ended) / sizeof(ended[0]));
}

/* Once nobody reads any more, nobody is told. */
static void
enough_is_enough(void **state)
{
	struct recorder r = { .stop_after = 7 };

	(void)state;
	packets_run(GREETED "S:A=250#0*51 S:A#0", &r);
	assert_string_equal(r.log, "open S=220 C=EHLO end");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_are_told),
		cmocka_unit_test(enough_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
