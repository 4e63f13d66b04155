/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole handshake against what was said, or forged, on its ports before. */
#include "unit.h"

#include "packets.h"

#define TRUE_ONE "C:S S:SA C:A@0^0 S:A@0^0=220 C:A@0^3=x"
#define FOLLOWED "open S=220 C=x end"

static const struct packets_row rows[] = {
	/* What one side is said to have said before the SYN. */
	{ "data and a FIN", "C:FA@7000000^77=a " TRUE_ONE, "midstream C=a fin " FOLLOWED },
	{ "... in the server's name", "S:FA@7000000^7000000=a " TRUE_ONE,
	    "midstream S=a reused " FOLLOWED },
	{ "... that acknowledges what will be near", "S:FA@7000000^77=a " TRUE_ONE, FOLLOWED },
	{ "... that were only early, and the answer is lost", "C:FA@0^0=a C:S +300 C:A@1^0=b",
	    "midstream C=a fin" },
	{ "... with a bad checksum", "C:FA@7000000^77=a! " TRUE_ONE,
	    "midstream C=a fin " FOLLOWED },
	{ "data from elsewhere", "C:A@7000000^77=a*51 C:A@7000001^77=b*51 " TRUE_ONE,
	    "midstream C=ab reused " FOLLOWED },
	{ "... whose identifier goes on", "C:A@7000000^77=a*51#9 C:S#10 S:SA C:A@0^0 "
	    "S:A@0^0=220 C:A@0^3=x", "midstream C=a reused " FOLLOWED },
	{ "... in the server's name", "S:A@7000000^77=a*51 S:A@7000001^77=b*51 " TRUE_ONE,
	    "midstream S=ab reused " FOLLOWED },
	{ "... with the numbers that will be true, but one", "S:A@0^4294967295=220 +300 " TRUE_ONE,
	    "midstream S=220 reused " FOLLOWED },
	{ "... in both names", "C:A@7000000^7000000=a*51 S:A@7000000^7000001=b*51 "
	    "C:A@7000001^7000001=c*51 S:A@7000001^7000002=d*51 " TRUE_ONE,
	    "midstream C=a S=b C=c S=d reused " FOLLOWED },
	{ "... behind the SYN", "C:S C:A@7000000^77=a C:A@7000001^77=b C:A@7000002^77=c "
	    "C:A@7000003^77=d C:A@7000004^77=e S:SA C:A@0^0 S:A@0^0=220 C:A@0^3=x",
	    "midstream C=abcde reused " FOLLOWED },
	{ "... and behind its answer", "C:S S:SA C:A@7000000^77=a C:A@7000001^77=b "
	    "C:A@7000002^77=c C:A@7000003^77=d C:A@7000004^77=e C:A@0^0 S:A@0^0=220 C:A@0^3=x",
	    "midstream Sgap77 C=abcde reused " FOLLOWED },

	/* Another host behind an address translator, which the first has left without a word. */
	{ "another TTL", "hs S:A=220 C:A=EHLO S:A=250 +120000 C:S@9000000*127 "
	    "S:SA@9000000^9000000 C:A@9000000^9000000*127 S:A@9000000^9000000=220 "
	    "C:A@9000000^9000003=x*127", "open S=220 C=EHLO S=250 reused " FOLLOWED },
	{ "... and only it is heard", "C:S C:A^0 C:A=EHLO C:A=a +300 C:A=b C:S@9000000*51 "
	    "C:A@9000000^0=evil*51 C:A@6^0=y", "midstream C=EHLOaby end" },
	{ "... and the answer from elsewhere", "hs S:A=220 C:A=EHLO S:A=250 C:S@9000000*51 "
	    "S:SA@9000000^9000000*51 C:A@9000000^9000000*51 C:A@4^6=x",
	    "open S=220 C=EHLO S=250 C=x end" },

	/* A handshake that is forged around the place where the connection stands. */
	{ "a SYN and an answer around the next", "hs S:A=220 C:A=EHLO S:A=250 C:S@4*51 S:SA@6^4 "
	    "C:A@4^6=x S:A@6^5=y", "open S=220 C=EHLO S=250 C=x S=y end" },
	{ "... with data", "hs S:A=220 C:A=EHLO S:A=250 C:S@1=xxxxxxxx*51 S:SA@6^4 "
	    "C:A@4^6=x S:A@6^5=y", "open S=220 C=EHLO S=250 C=x S=y end" },
	{ "... and one side is heard", "C:S C:A^0 C:A=EHLO C:A=a +300 C:A=b C:S@6 C:A@6^0=c",
	    "midstream C=EHLOabc end" },

	{ "a whole one, forged in front of the true answer", "C:S C:S@9000000 S:SA@9000000^9000000 "
	    "C:A@9000000^9000000 S:SA C:A@0^0 S:A@0^0=220 C:A@0^3=x",
	    "open reused " FOLLOWED },

	/* What is late of an attempt that was refused. */
	{ "a refused handshake behind the next one", "C:S S:RA C:S@9000000 S:SA@9000000^9000000 "
	    "C:A@9000000^9000000 S:SA@0^0 C:A@0^0 S:A@9000000^9000000=220 "
	    "C:A@9000000^9000003=x", "refused attempt:rst " FOLLOWED },

	/* A SYN-ACK without a SYN says little about who asked. */
	{ "an answer in the client's name", "C:SA^777776 S:A@777776^0 " TRUE_ONE,
	    "midstream reused " FOLLOWED },
	{ "... to the server's number", "C:SA^0 S:A@0^0 " TRUE_ONE, "midstream reused " FOLLOWED },
	{ "... with another number", "C:SA@99^0 S:A@0^99 " TRUE_ONE, "midstream reused " FOLLOWED },
	{ "a true one, and the SYN late", "S:SA C:A C:S S:A=220 C:A=x", "midstream S=220 C=x end" },

	/* Whose port is a server's is none the less where both have asked. */
	{ "simultaneous open", "S:S C:S S:SA C:SA C:A=x S:A=y", "open C=x S=y end" },
	{ "... the client's answer first", "S:S C:S C:SA S:SA C:A=x S:A=y", "open C=x S=y end" },
	{ "... the client first", "C:S S:S S:SA C:SA C:A=x S:A=y", "open C=x S=y end" },
	{ "... the server's answer lost", "S:S C:S C:SA S:A=y C:A=x", "open S=y C=x end" },
	{ "... the server much too late, and reset", "C:S C:SA C:A^0 C:A=x C:RA S:S S:SA S:A^1=y",
	    "midstream C=x Creset S=y rst" },
	{ "... and data on the SYN", "S:S C:S=EHLO S:SA^4 C:SA C:A@4=x", "open C=EHLOx end" },
	{ "a SYN and an answer in the wrong names", "S:S C:S C:SA S:SA C:A@0^0 S:A@0^0=220",
	    "open S=220 end" },

	/* Of two numbers the one that fits exactly. */
	{ "a SYN in front whose data reaches", "C:S@4294967295=xx C:S S:SA C:A S:A=220",
	    "open S=220 end" },
	{ "... just so", "C:S@4294967295=x C:S S:SA C:A S:A=220", "open S=220 end" },
	{ "... captured behind it", "C:S C:S@4294967295=xx S:SA C:A S:A=220", "open S=220 end" },
	{ "... and the answer twice", "C:S C:S@4294967295=xx S:SA C:A S:SA C:A S:A=220 C:A=x",
	    FOLLOWED },
	{ "... on ports in use", "hs C:A=old C:S@8999=xx C:S@9000 S:SA@9000^9000 "
	    "C:A@9000^9000 C:A@9000^9000=new", "open C=old reused open C=new end" },
	{ "an answer to no SYN", "S:SA^4294967294 C:S S:SA C:A S:A=220", "open S=220 end" },
	{ "... and nearer", "S:SA@2^4294967294 C:S S:SA S:A=220 C:A=x", FOLLOWED },

	/* A reset that nobody can have sent makes nothing of data that waits. */
	{ "a farewell in front of the answer, and its reset",
	    "C:S S:FA@0^0 S:R@1 S:SA@0^0 C:A^0 S:A@0=220 C:A=x", "open S=220 C=x end" },
	{ "... behind the answer",
	    "C:S S:SA S:FA@0^0 S:R@1 C:A^0 S:A@0=220 C:A=x", "open S=220 C=x end" },
	{ "a blind reset", "C:S S:A@5000^4294960000=zz C:R@1234567 S:SA C:A@0^0 S:A@0^0=220 "
	    "C:A@0^3=x", "open S=220 C=x Sgap4997 S=zz end" },
	{ "... with a bad checksum", "C:S C:A@5000^4294960000=zz! S:R@1234567! S:SA C:A@0^0 "
	    "S:A@0^0=220 C:A@0^3=x", FOLLOWED },
	{ "one with the number of that data", "C:S S:A@5000^4294960000=zz C:R@4294960000 "
	    "S:SA C:A@0^0 S:A@0^0=220 C:A@0^3=x", "midstream S=zz Creset rst " FOLLOWED },
};

static void
the_whole_handshake_outranks(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* ... and where both have asked, and the ports are alike. */
static void
who_opens_first_is_the_client(void **state)
{
	static const char *const scripts[] = {
		"S:S C:S S:SA C:SA C:A=x S:A=y", "C:S S:S S:SA C:SA C:A=x S:A=y",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct recorder r = { 0 };
		struct stream *s = packets_stream(NULL, &r);
		struct wire w = wire_new(s);

		w.port[SIDE_CLIENT] = w.port[SIDE_SERVER] = 40000;
		wire_play(&w, scripts[i]);
		stream_finish(s);
		assert_string_equal(r.log, i == 0 ? "open S=x C=y end" : "open C=x S=y end");
		packets_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_handshake_outranks),
		cmocka_unit_test(who_opens_first_is_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
