/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_DATA_ROWS_H
#define TESTS_DATA_ROWS_H

/*
 * Data connections of FTP: several connections at once, told step by step.
 *
 *	"1 192.0.2.1 49001 198.51.100.10 21"	connection 1 is opened, from and to
 *	"1S 220 ready"		its server says a line
 *	"1C <ClientHello>"	... or what tls_bytes.h knows by that name
 *	"1C raw \x16..."	... or these bytes
 *	"1C file"		... or a large file
 *	"1S gap 10"		so many bytes are lost
 *	"1 fin"			it ends; what is open at the end of a row does with the capture
 */
enum { STEPS_MAX = 72 };

/* Bits of expectations: connection 1 is the lowest. */
#define NUMBER(n) (1u << ((n) - 1))

struct row {
	const char *what;
	const char *steps[STEPS_MAX];
	unsigned clear, tls;		/* control connections with data like that */
	unsigned talks;			/* connections that are told of as SMTP */
	unsigned data;			/* how many were data */
	unsigned alerts;
};

#define CONTROL_1 "1 192.0.2.1 49001 198.51.100.10 21", "1S 220 ready FTP"
#define CONTROL_2 "2 192.0.2.1 49002 198.51.100.10 21", "2S 220 ready FTP"
#define TLS_1 "1C AUTH TLS", "1S 234 Go", "1C <ClientHello>", "1S <ServerHello>", \
	"1C <record>", "1S <record>"
#define TLS_2 "2C AUTH TLS", "2S 234 Go", "2C <ClientHello>", "2S <ServerHello>", \
	"2C <record>", "2S <record>"
#define ANNOUNCED_4 CONTROL_1, "1C EPSV", "1S 229 (|||2526|)", \
	"4 192.0.2.1 50001 198.51.100.10 2526"
#define HOLES_4 "4S gap 1", "4S x", "4S gap 1", "4S x", "4S gap 1", "4S x", "4S gap 1", "4S x", \
	"4S gap 1", "4S x", "4S gap 1", "4S x", "4S gap 1", "4S x", "4S gap 1", "4S x"
#define MAIL_4 "4S 220 mx.example ESMTP", "4C EHLO client.example", "4S 250 mx.example", \
	"4C MAIL FROM:<>", "4S 250 Fine"

static const struct row rows[] = {
	/* --- two control connections of one client to one server -------------------- */
	{ "each has the place that it named", { CONTROL_1, CONTROL_2, "1C PASV",
		"1S 227 (198,51,100,10,156,65)", "2C PASV", "2S 227 (198,51,100,10,156,66)",
		"4 192.0.2.1 50001 198.51.100.10 40002", "4C <ClientHello>", "4 fin",
		"3 192.0.2.1 50002 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), NUMBER(2), 0, 2, 0 },
	{ "... also in extended form, and over IPv6", {
		"1 2001:db8:1::1 49001 2001:db8:2::10 21", "1S 220 ready FTP",
		"2 2001:db8:1::1 49002 2001:db8:2::10 21", "2S 220 ready FTP",
		"1C EPSV", "1S 229 (|||40001|)", "2C EPRT |2|2001:db8:1::1|50002|", "2S 200 Fine",
		"3 2001:db8:1::1 50001 2001:db8:2::10 40001", "3S x", "3 fin",
		"4 2001:db8:2::10 20 2001:db8:1::1 50002", "4C <ClientHello>", "4 fin" },
		NUMBER(1), NUMBER(2), 0, 2, 0 },
	{ "both named the same place: the first is the first", { CONTROL_1, CONTROL_2, "1C PASV",
		"1S 227 (198,51,100,10,156,65)", "2C PASV", "2S 227 (198,51,100,10,156,65)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin",
		"4 192.0.2.1 50002 198.51.100.10 40001", "4C <ClientHello>", "4 fin" },
		NUMBER(1), NUMBER(2), 0, 2, 0 },
	{ "... and one of them is over by then", { CONTROL_1, CONTROL_2, "1C PASV",
		"1S 227 (198,51,100,10,156,65)", "2C PASV", "2S 227 (198,51,100,10,156,65)",
		"2 fin", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 0 },
	{ "under TLS who spoke last is meant", { CONTROL_1, TLS_1, CONTROL_2, TLS_2,
		"1C <record>", "1S <record>",
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... or who is still there", { CONTROL_1, TLS_1, CONTROL_2, TLS_2, "2 fin",
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... but not in place of one that named the place", { CONTROL_1, TLS_1, CONTROL_2,
		"2C PORT 192,0,2,1,195,81", "2S 200 Fine",
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(2), 0, 0, 1, 0 },

	/* --- several data connections of one control connection ---------------------- */
	{ "the second opens before the first says anything", { CONTROL_1,
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001",
		"1C EPSV", "1S 229 (|||40002|)", "4 192.0.2.1 50002 198.51.100.10 40002",
		"3S x", "3 fin", "4C <ClientHello>", "4 fin" }, NUMBER(1), NUMBER(1), 0, 2, 0 },
	{ "... under TLS", { CONTROL_1, TLS_1, "3 198.51.100.10 20 192.0.2.1 50001",
		"4 198.51.100.10 20 192.0.2.1 50002", "3C x", "4C <ClientHello>", "4 fin",
		"3 fin" }, NUMBER(1), NUMBER(1), 0, 2, 1 },
	{ "one was in clear before TLS: it is not the evidence", { CONTROL_1,
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x",
		"3 fin", TLS_1, "4 198.51.100.10 20 192.0.2.1 50002", "4C y", "4 fin" },
		NUMBER(1), 0, 0, 2, 1 },
	{ "it ends behind its control connection, and nobody is told of it", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "1 fin", "3C x", "3 fin" },
		0, 0, 0, 1, 0 },
	{ "... and turns out to be none", { CONTROL_1, "1C EPSV", "1S 229 (|||2526|)", TLS_1,
		"4 192.0.2.1 50001 198.51.100.10 2526", "4S 220 mx.example ESMTP", "1 fin",
		"4C EHLO client.example", "4S 250 mx.example", "4 fin" },
		0, 0, NUMBER(4), 0, 0 },
	{ "... and both before they say a word", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "4 198.51.100.10 20 192.0.2.1 50002",
		"1 fin", "3C x", "3 fin", "4S y", "4 fin" }, 0, 0, 0, 2, 0 },

	/* --- PROT (RFC 4217 §9) ------------------------------------------------------ */
	{ "clear was chosen, where it can be read", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x",
		"3 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... and refused", { CONTROL_1, TLS_1, "1C PROT C", "1S 534 No",
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50001 198.51.100.10 40001", "3S x",
		"3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... before TLS: that is void", { CONTROL_1, "1C PROT C", "1S 200 Fine", TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C x", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "... and protected data later", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C PROT P", "1S 200 Fine", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 1 },
	{ "... later, and refused", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C PROT P", "1S 536 No", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 0 },
	{ "one file as chosen, and one that was to be protected", { CONTROL_1, TLS_1,
		"1C PROT C", "1S 200 Fine", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin",
		"1C PROT P", "1S 200 Fine", "1C EPSV", "1S 229 (|||40002|)",
		"4 192.0.2.1 50002 198.51.100.10 40002", "4S y", "4 fin" },
		NUMBER(1), 0, 0, 2, 1 },
	{ "a hole may hide what was chosen since", { CONTROL_1, TLS_1, "1C PROT C", "1S 200 Fine",
		"1C gap 20", "1C EPSV", "1S 229 (|||40001|)",
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S x", "3 fin" },
		NUMBER(1), 0, 0, 1, 1 },

	/* --- what it begins with ------------------------------------------------------ */
	{ "a server that refuses TLS at once sends no data", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C raw \x15\x03\x03",
		"3C raw \x7f\x02\x02\x28", "3 fin" }, 0, 0, 0, 1, 0 },
	{ "... in passive mode", { CONTROL_1, "1C EPSV", "1S 229 (|||40001|)", TLS_1,
		"3 192.0.2.1 50001 198.51.100.10 40001", "3S raw \x15\x03\x01",
		"3S raw \x7f\x02\x02\x28", "3 fin" }, 0, 0, 0, 1, 0 },
	{ "... and its client had sent a file", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3S x", "3C raw \x15\x03\x03",
		"3C raw \x7f\x02\x02\x28", "3 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "the beginnings of both sides are not one", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3S raw \x16\x03\x01", "3C raw \x15",
		"3S raw \x01\x7f\x01", "3 fin" }, 0, NUMBER(1), 0, 1, 0 },
	{ "TLS from who was called, and its answer", { CONTROL_1,
		"1C PORT 192,0,2,1,195,81", "1S 200 Fine", "3 198.51.100.10 20 192.0.2.1 50001",
		"3S <ClientHello>", "3C <ServerHello>", "3 fin" }, 0, NUMBER(1), 0, 1, 0 },
	{ "a large file is told of before it ends", { CONTROL_1, TLS_1,
		"3 198.51.100.10 20 192.0.2.1 50001", "3C file", "1 fin" }, NUMBER(1), 0, 0, 1, 1 },
	{ "its beginning is missing", { CONTROL_1, TLS_1, "3 198.51.100.10 20 192.0.2.1 50001",
		"3C gap 10", "3C x" }, 0, 0, 0, 1, 0 },
	{ "what follows is missing", { CONTROL_1, TLS_1, "3 198.51.100.10 20 192.0.2.1 50001",
		"3C x", "3C gap 10" }, NUMBER(1), 0, 0, 1, 1 },

	/* --- who announces hides nothing ------------------------------------------------ */
	{ "a conversation at the server itself", { CONTROL_1, TLS_1, "1C EPSV",
		"1S 229 (|||2526|)", "4 192.0.2.1 50001 198.51.100.10 2526", MAIL_4 },
		0, 0, NUMBER(4), 0, 0 },
	{ "... and one that is lost in part", { CONTROL_1, TLS_1, "1C EPSV",
		"1S 229 (|||2526|)", "4 192.0.2.1 50001 198.51.100.10 2526",
		"4S 220 mx.example ESMTP", "4C gap 20", "4S 250 STARTTLS", "4C MAIL FROM:<>",
		"4S 250 Fine" }, 0, 0, NUMBER(4), 0, 0 },
	{ "... and in its greeting", { ANNOUNCED_4, "4S gap 25", "4C EHLO client.example",
		"4S 250 mx.example", "4C MAIL FROM:<>", "4S 250 Fine" },
		0, 0, NUMBER(4), 0, 0 },
	{ "... which comes all the same", { ANNOUNCED_4, "4S gap 5", MAIL_4 },
		0, 0, NUMBER(4), 0, 0 },
	{ "... or in what follows it", { ANNOUNCED_4, "4S 220-mx.example ESMTP", "4S gap 9",
		"4S 220 Welcome", "4C EHLO client.example", "4S 250 mx.example",
		"4C MAIL FROM:<>", "4S 250 Fine" }, 0, 0, NUMBER(4), 0, 0 },
	{ "... more often than can be kept", { ANNOUNCED_4, HOLES_4, HOLES_4, HOLES_4,
		"4S gap 1", MAIL_4 }, 0, 0, NUMBER(4), 0, 0 },
	{ "... that gives way to the data of others", { ANNOUNCED_4, "4S 220 mx.example ESMTP",
		"1C EPSV", "1S 229 (|||40001|)", "3 192.0.2.1 50002 198.51.100.10 40001",
		"3S file", "4C EHLO client.example", "4S 250 mx.example", "4C MAIL FROM:<>",
		"4S 250 Fine" }, NUMBER(1), 0, NUMBER(4), 1, 0 },
	{ "somebody else begins it with half a ServerHello", { ANNOUNCED_4,
		"4S raw \x16\x03\x03\x7f\x7a\x02\x7f\x7f\x76\x03\x03", "4S ample ESMTP",
		"4C EHLO client.example", "4S 250 mx.example", "4C MAIL FROM:<>",
		"4S 250 Fine" }, 0, 0, NUMBER(4), 0, 0 },
	{ "... or with an alert", { ANNOUNCED_4, "4S raw \x15\x03\x03\x7f\x02\x02\x28",
		"4S example ESMTP", "4C EHLO client.example", "4S 250 mx.example",
		"4C MAIL FROM:<>", "4S 250 Fine" }, 0, 0, NUMBER(4), 0, 0 },
	{ "... or lets its client answer with one", { ANNOUNCED_4, "4S 220 mx.example ESMTP",
		"4C raw \x16\x03\x03\x7f\x7a\x02\x7f\x7f\x76\x03\x03",
		"4C .example", "4S 250 mx.example", "4C MAIL FROM:<>", "4S 250 Fine" },
		0, 0, NUMBER(4), 0, 0 },
	{ "a conversation elsewhere", { CONTROL_1, TLS_1, "1C PASV",
		"1S 227 (203,0,113,7,156,65)", "4 192.0.2.1 50001 203.0.113.7 40001", MAIL_4 },
		0, 0, NUMBER(4), 0, 0 },
	{ "a file elsewhere is none", { CONTROL_1, "1C PASV",
		"1S 227 (203,0,113,7,156,65)", "4 192.0.2.1 50001 203.0.113.7 40001",
		"4S 220 mx.example ESMTP", "4S 250 mx.example", "4 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... when the server sends it to where its client said", { CONTROL_1,
		"1C PORT 203,0,113,7,156,65", "1S 200 Fine",
		"4 198.51.100.10 20 203.0.113.7 40001", "4C EHLO client.example",
		"4C MAIL FROM:<>", "4 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... over IPv6", { "1 2001:db8:1::1 49001 2001:db8:2::10 21", "1S 220 ready FTP",
		"1C EPRT |2|2001:db8:3::7|40001|", "1S 200 Fine",
		"4 2001:db8:2::10 20 2001:db8:3::7 40001", "4C EHLO client.example",
		"4C MAIL FROM:<>", "4 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "... and a server that is made to speak to another one", { CONTROL_1,
		"1C PORT 203,0,113,7,9,222", "1S 200 Fine",
		"4 198.51.100.10 20 203.0.113.7 2526", MAIL_4 }, 0, 0, NUMBER(4), 0, 0 },
	{ "an address that is no address is the server's own", { CONTROL_1,
		"1C EPSV", "1S 229 (|9|nowhere|40001|)", "3 192.0.2.1 50001 198.51.100.10 40001",
		"3S x", "3 fin" }, NUMBER(1), 0, 0, 1, 0 },
	{ "the server's own address holds beside the one it said", { CONTROL_1,
		"1C PASV", "1S 227 (10,0,0,1,156,65)", "3 192.0.2.1 50001 198.51.100.10 40001",
		"3S x", "3 fin", "4 192.0.2.1 50002 10.0.0.1 40001", "4S x", "4 fin" },
		NUMBER(1), 0, 0, 1, 0 },
	{ "services of another machine are no data", { CONTROL_1, "1C PASV",
		"1S 227 (203,0,113,7,3,133)", "4 192.0.2.1 50001 203.0.113.7 901",
		"4S 220 mx.example ESMTP", "4C EHLO client.example", "4 fin" },
		0, 0, NUMBER(4), 0, 0 },
	{ "TLS elsewhere is TLS elsewhere", { CONTROL_1, TLS_1, "1C PASV",
		"1S 227 (203,0,113,7,156,65)", "4 192.0.2.1 50001 203.0.113.7 40001",
		"4C <ClientHello>", "4S <ServerHello>", "4 fin" }, 0, NUMBER(1), 0, 1, 0 },
};

#endif
