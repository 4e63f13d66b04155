/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new connection on the ports of another, whatever the tap makes of their order. */
#include "unit.h"

#include "packets.h"

static const struct packets_row rows[] = {
	{ "after a FIN",
	    "hs C:FA S:FA C:A C:S@9000 S:SA@9000^9000 C:A@9000^9000 C:A@9000=x",
	    "open fin open C=x end" },
	{ "without an end",
	    "hs C:A=old C:S@9000 S:SA@9000^9000 C:A@9000^9000 C:A@9000=new",
	    "open C=old reused open C=new end" },
	{ "a blind SYN ends nothing", "hs C:A=x C:S@9000 S:A C:A=y", "open C=xy end" },
	{ "a blind SYN and data behind it",
	    "hs C:A=x S:A C:S@7000000 C:A@7000000=evil C:A@1=y", "open C=xy end" },
	{ "blind SYNs do not hide the true one", "hs C:S@1000 C:S@2000 C:S@3000 C:S@4000 "
	    "S:SA@50^2000 C:A@2000^50 C:A@2000=new", "open reused open C=new end" },
	{ "a forged handshake, from somewhere else", "hs S:A=220 C:A "
	    "C:S@9000000*51 S:SA@9000000^9000000*51 C:A@9000000^9000000*51 "
	    "C:A@0^3=EHLO S:A@3^4=250 C:A@4^6=x",
	    "open S=220 C=EHLO S=250 C=x end" },
	{ "behind a FIN from anywhere", "hs S:A=220 C:A C:FA C:S@9000*51 "
	    "S:SA@9000^9000*51 C:A@9000^9000*51 C:A@9000=new*51",
	    "open S=220 reused open C=new end" },
	{ "more blind SYNs than are held",
	    "hs C:S@1000 C:S@2000 C:S@3000 C:S@4000 C:S@5000 "
	    "C:S@5000 S:SA@50^5000 C:A@5000^50 C:A@5000=new",
	    "open reused open C=new end" },
	{ "a blind SYN with its answer",
	    "hs C:A=x C:S@9000 S:SA@9000^9000 C:A=y S:A=z C:A C:FA S:FA C:A",
	    "open C=xy S=z fin" },
	{ "blind SYNs with their answers",
	    "hs C:A=x C:S@7000 S:SA@70^7000 C:S@8000 S:SA@80^8000 C:S@9000 S:SA@90^9000 "
	    "S:SA@91^9000 C:A@9000^90 C:A@9000=new",
	    "open C=x reused open C=new end" },
	{ "the client's ACK is lost",
	    "hs C:A=old C:S@9000 S:SA@9000^9000 S:A@9000^9000=220 C:A@9000^9003=new",
	    "open C=old reused open S=220 C=new end" },
	{ "one-way", "C:A@0=x C:A=y C:S@9000 C:A@9000=z",
	    "midstream C=xy reused midstream C=z end" },
	{ "at once behind a reset", "hs C:R C:S@9000 S:SA@9000^9000 C:A@9000^9000 C:A@9000=x",
	    "open Creset rst open C=x end" },

	/* The tap shows one side some milliseconds early or late. */
	{ "the answer before its SYN",
	    "hs C:R S:SA@9000^9000 C:S@9000 C:A@9000^9000 C:A@9000=x",
	    "open Creset rst open C=x end" },
	{ "... of one that has not ended",
	    "hs C:A=old S:SA@9000^9000 C:S@9000 C:A@9000^9000 C:A@9000=x",
	    "open C=old reused open C=x end" },
	{ "... of one that has",
	    "hs C:FA S:FA C:A S:SA@9000^9000 C:S@9000 C:A@9000^9000 C:A@9000=x",
	    "open fin open C=x end" },
	{ "the greeting before the SYN", "hs C:R S:SA@9000000^9000000 S:A@9000000^9000000=220 "
	    "C:S@9000000 C:A@9000000^9000000 C:A@9000000^9000003=x",
	    "open Creset rst open S=220 C=x end" },
	{ "... of one that has ended", "hs C:FA S:FA C:A S:SA@9000000^9000000 "
	    "S:A@9000000^9000000=220 C:S@9000000 C:A@9000000^9000003=x",
	    "open fin open S=220 C=x end" },
	{ "the client's ACK before its SYN", "hs C:R S:SA@9000000^9000000 "
	    "C:A@9000000^9000000 C:S@9000000 S:A@9000000^9000000=220 C:A@9000000^9000003=x",
	    "open Creset rst open S=220 C=x end" },
	{ "the answer last of all", "hs C:R C:S@9000000 C:A@9000000^9000000 "
	    "S:A@9000000^9000000=220 C:A@9000000^9000003=x S:SA@9000000^9000000",
	    "open Creset rst open S=220 C=x end" },

	/* ... and with it what is left of an attempt that was refused. */
	{ "a refusal before its SYN", "S:SA S:R C:S C:A "
	    "S:SA@9000000^9000000 S:A@9000000^9000000=220 C:S@9000000 C:A@9000000^9000003=x",
	    "refused open Sreset rst open S=220 C=x end" },
	{ "a refusal, and all early", "C:S S:SA C:R@0 "
	    "S:SA@9000000^9000000 S:A@9000000^9000000=220 C:S@9000000 C:A@9000000^9000003=x",
	    "refused attempt:rst open S=220 C=x end" },
	{ "the old ACK behind the new SYN", "C:S S:SA S:R C:S@9000000 S:SA@9000000^9000000 "
	    "C:A@0^0 C:A@9000000^9000000 S:A@9000000^9000000=220 C:A@9000000^9000003=x",
	    "refused attempt:rst open Sreset rst open S=220 C=x end" },
	{ "the old answer, and data, behind the new SYN", "C:S C:A C:R@0 C:S@9000000 S:SA@0^0 "
	    "S:A@0^0=220 C:A@9000000^9000000 S:A@9000000^9000000=220 S:SA@9000000^9000000",
	    "refused attempt:rst open Creset S=220 rst open S=220 end" },
	{ "a reset behind the new SYN", "C:S S:SA S:A@0=220 C:S@9000000 C:R@0 "
	    "S:SA@9000000^9000000 C:A@9000000^9000000 S:A@9000000^9000000=220",
	    "midstream S=220 Creset rst open S=220 end" },
	{ "a new SYN behind data that nobody has ended", "C:S C:A@0^5=a S:A@5^1=b +300 C:S@9000000 "
	    "S:SA@9000000^9000000 C:A@9000000^9000000=c",
	    "midstream C=a S=b reused open C=c end" },

	/* Behind an end the tap may have lost the SYN, or the answer. */
	{ "the SYN is lost", "hs C:R S:SA@9000000^9000000 C:A@9000000^9000000 "
	    "S:A@9000000^9000000=220 C:A@9000000^9000003=a S:A@9000003^9000001=b "
	    "C:A@9000001^9000004=c",
	    "open Creset rst midstream S=220 C=a S=b C=c end" },
	{ "the answer is lost", "hs S:R C:S@9000000 C:A@9000000^9000000 "
	    "S:A@9000000^9000000=220 C:A@9000000^9000003=a S:A@9000003^9000001=b "
	    "C:A@9000001^9000004=c",
	    "open Sreset rst midstream S=220 C=a S=b C=c end" },
	{ "both are lost, behind a FIN", "hs C:FA S:FA C:A C:A@9000000^9000000 "
	    "S:A@9000000^9000000=220 C:A@9000000^9000003=a S:A@9000003^9000001=b "
	    "C:A@9000001^9000004=c",
	    "open fin midstream S=220 C=a S=b C=c end" },
	{ "few from nowhere are none", "hs C:R C:A@9000000^9000000=x S:A@9000000^9000001=y "
	    "S:A@0^0=z C:A@0^1=a", "open Creset S=z Clives C=a end" },
	{ "forged by one side they are none", "hs C:R C:A@9000000^9000000=a C:A@9000001^9000000=b "
	    "C:A@9000002^9000000=c C:A@9000003^9000000=d C:A@9000004^9000000=e "
	    "C:A@9000005^9000000=f C:A@9000006^9000000=g C:A@0^0=x S:A@0^1=y",
	    "open Creset Clives C=x S=y end" },

	{ "with a reset of its own", "hs C:R C:A@9000000^9000000 S:A@9000000^9000000=220 "
	    "C:A@9000000^9000003=a S:R@9000003 S:A@9000003^9000001=b",
	    "open Creset rst midstream S=220 C=a Sreset Slives S=b end" },
	{ "the answer is lost, and it is near a refused attempt",
	    "C:S S:RA C:S@777 C:A@777 S:A^777=220 C:A@777=x +300 S:A^778=250",
	    "refused attempt:rst midstream S=220 C=x S=250 end" },

	/* A forged reset and a forged SYN do not end what goes on. */
	{ "a reset, a SYN and its answer",
	    "hs S:A=220 C:R C:S@9000000 S:SA@9000000^9000000 C:A@0^3=x S:A@3^1=y",
	    "open S=220 Creset Clives C=x S=y end" },
	{ "an answer to no SYN, and data behind it",
	    "hs S:A=220 S:SA@9000000^9000000 S:A@9000000^9000000=evil C:A@0^3=x S:A@3^1=y",
	    "open S=220 C=x S=y end" },

	/* A tap that hears the server alone knows its answers. */
	{ "the server only", "S:SA S:A@0^0=220 S:R@3 S:SA@9000000^9000000 "
	    "S:A@9000000^9000000=220 S:A@9000003^9000000=250",
	    "midstream S=220 Sreset rst midstream S=220250 end" },
	{ "the server only, refused", "S:SA S:R@0 S:SA@9000000^9000000 "
	    "S:A@9000000^9000000=220 +300 S:A@9000003^9000000=250",
	    "refused attempt:rst midstream S=220250 end" },
	{ "the server only, and a forged attempt", "S:SA S:R@0 S:SA@9000000^9000000 "
	    "S:A@0^0=220 +300 S:A@3^0=250",
	    "refused attempt:rst midstream Sreset Slives S=220250 end" },
	{ "the server only, and a forged answer", "S:SA S:A@0^0=220 S:SA@9000000^9000000 "
	    "S:A@9000000^9000000=evil S:A@3^0=250", "midstream S=220250 end" },
};

static void
ports_are_used_again(void **state)
{
	(void)state;
	packets_run_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
