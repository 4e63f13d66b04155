/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: generate KIND FLOWS SEED FILE [SECOND]
 * A capture to measure on: so many TCP connections, a few hundred of them open
 * at a time, over IPv4 and IPv6. KIND says what they are:
 *	uplink	bulk as it is on a line: most connections are short, and most bytes are
 *		of few long ones; TLS on 443 and some HTTP; one in twelve is mail, which
 *		nearly always goes on to TLS; half of it comes with VLAN tags
 *	tls	the same, but all of it short, which is harder
 *	mail	a relay without TLS: SMTP in clear; one in ten goes on to TLS
 *	idle	SMTP connections that stay open after the listing, all at once
 *	half	SYN and SYN-ACK, and never an ACK
 * It begins at that second of Unix time, or with 2026. The same words make the
 * same file, byte for byte. Prints the number of packets.
 */
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	VLAN = 4, VLAN_TYPE = 0x8100, VLAN_NUMBER = 7,
	LONGEST = 64,		/* times a short connection's bulk */
	CLIENTS = 250, SERVERS = 50,
	OPEN_MAX = 300,		/* connections that take turns */
	MSS = 1400,
	LINE = 78,		/* RFC 5322, 2.1.1 */
	FRAME_MAX = 1518,
	ETHERNET = 14, IPV4 = 20, IPV6 = 40, TCP = 20,
	HELLO_TYPE = 5, HELLO_RANDOM = 11,	/* where they stand behind the TCP header */
};

enum from { CLIENT, SERVER };
enum flags { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

/* A turn of a conversation: these bytes, or bulk of a quarter to five quarters of a size. */
struct turn {
	enum from from;
	const char *text;	/* NULL: bulk */
	size_t size;		/* 0: the conversation has ended */
	bool records;		/* bulk: one TLS record in each segment, else plain */
};

#define TEXT(from, text) { from, text, sizeof(text) - 1, false }
#define PLAIN(from, size) { from, NULL, size, false }
#define RECORDS(from, size) { from, NULL, size, true }
#define END { CLIENT, NULL, 0, false }

/* TLS 1.2 hellos, as short as they come: server_name mx.example.net, ALPN left out. */
#define CLIENT_HELLO "\x16\x03\x01\0\x48\x01\0\0\x44\x03\x03" \
	"0123456789abcdef0123456789abcdef" "\0" "\0\x04\xc0\x2f\xc0\x30" "\x01\0" \
	"\0\x17" "\0\0\0\x13\0\x11\0\0\x0emx.example.net"
#define SERVER_HELLO "\x16\x03\x03\0\x2a\x02\0\0\x26\x03\x03" \
	"fedcba9876543210fedcba9876543210" "\0" "\xc0\x2f" "\0"

static const struct turn mail_upgraded[] = {
	TEXT(SERVER, "220 mx.example.net ESMTP\r\n"),
	TEXT(CLIENT, "EHLO client.example.org\r\n"),
	TEXT(SERVER, "250-mx.example.net\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n"
	    "250-STARTTLS\r\n250 ENHANCEDSTATUSCODES\r\n"),
	TEXT(CLIENT, "STARTTLS\r\n"),
	TEXT(SERVER, "220 2.0.0 Ready to start TLS\r\n"),
	TEXT(CLIENT, CLIENT_HELLO),
	TEXT(SERVER, SERVER_HELLO),
	RECORDS(SERVER, 4000),
	RECORDS(CLIENT, 45000),
	RECORDS(SERVER, 300),
	END
};

static const struct turn mail_clear[] = {
	TEXT(SERVER, "220 mail.example.com ESMTP\r\n"),
	TEXT(CLIENT, "EHLO client.example.org\r\n"),
	TEXT(SERVER, "250-mail.example.com\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n"),
	TEXT(CLIENT, "MAIL FROM:<alice@example.org>\r\n"),
	TEXT(SERVER, "250 2.1.0 Ok\r\n"),
	TEXT(CLIENT, "RCPT TO:<bob@example.com>\r\n"),
	TEXT(SERVER, "250 2.1.5 Ok\r\n"),
	TEXT(CLIENT, "DATA\r\n"),
	TEXT(SERVER, "354 End data with <CR><LF>.<CR><LF>\r\n"),
	TEXT(CLIENT, "Subject: Minutes\r\n\r\nAll is well.\r\n"),
	PLAIN(CLIENT, 20000),
	TEXT(CLIENT, "\r\n.\r\n"),
	TEXT(SERVER, "250 2.0.0 Ok: queued\r\n"),
	TEXT(CLIENT, "QUIT\r\n"),
	TEXT(SERVER, "221 2.0.0 Bye\r\n"),
	END
};

static const struct turn bulk_tls[] = {
	TEXT(CLIENT, CLIENT_HELLO),
	TEXT(SERVER, SERVER_HELLO),
	RECORDS(SERVER, 4000),
	RECORDS(CLIENT, 2000),
	RECORDS(SERVER, 45000),
	END
};

static const struct turn bulk_http[] = {
	TEXT(CLIENT, "GET /video HTTP/1.1\r\nHost: www.example.com\r\n\r\n"),
	TEXT(SERVER, "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"),
	PLAIN(SERVER, 45000),
	END
};

/* The client waits, and is never seen to leave. */
static const struct turn mail_idle[] = {
	TEXT(SERVER, "220 mail.example.com ESMTP\r\n"),
	TEXT(CLIENT, "EHLO client.example.org\r\n"),
	TEXT(SERVER, "250-mail.example.com\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n"),
	END
};

/* A mixture; what is no mail is bulk. */
struct kind {
	const char *name;
	unsigned mail_percent;
	unsigned clear_percent;		/* of the mail */
	unsigned http_percent;		/* of the rest */
	unsigned ipv6_percent;
	unsigned vlan_percent;
	bool long_tail;			/* one in N is N times as long at least, up to LONGEST */
	bool stays;			/* connections do not end, and mail is idle */
	bool half_open;			/* they do not even begin */
};

static const struct kind kinds[] = {
	{ "uplink", 8, 3, 10, 15, 50, true, false, false },
	{ "tls", 8, 3, 10, 30, 0, false, false, false },
	{ "mail", 100, 90, 0, 30, 0, false, false, false },
	{ "idle", 100, 0, 0, 30, 0, false, true, false },
	{ "half", 100, 0, 0, 30, 0, false, true, true },
};

struct flow {
	uint32_t number;
	bool ipv6;
	bool tagged;
	bool clear;		/* of those that stay clear */
	unsigned stretch;	/* bulk is so many times as long */
	uint16_t port[2];	/* by enum from */
	uint32_t seq[2];
	const struct turn *turn;
	size_t left;		/* bytes of this turn still to send */
};

/* The capture that is being written. */
struct traffic {
	const struct kind *kind;
	FILE *file;
	uint64_t random;
	uint64_t now_us;
	unsigned long packets;
};

/* xorshift64*: good enough to vary, the same on every machine. */
static uint32_t
random_below(struct traffic *t, uint32_t limit)
{
	t->random ^= t->random >> 12;
	t->random ^= t->random << 25;
	t->random ^= t->random >> 27;
	return (uint32_t)((t->random * 0x2545f4914f6cdd1dULL) >> 33) % limit;
}

static void
put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void
put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v & 0xffff);
}

/* RFC 1071, not yet inverted. */
static uint32_t
sum(uint32_t so_far, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2)
		so_far += (uint32_t)(data[i] << 8 | data[i + 1]);
	if (size % 2 == 1)
		so_far += (uint32_t)data[size - 1] << 8;
	return so_far;
}

static unsigned
checksum(uint32_t total)
{
	while (total >> 16 != 0)
		total = (total & 0xffff) + (total >> 16);
	return ~total & 0xffff;
}

/* Documentation ranges: 198.51.100.0/24 asks 192.0.2.0/24, 2001:db8:1:: asks 2001:db8:2::. */
static size_t
put_address(uint8_t *at, const struct flow *f, enum from who)
{
	uint32_t host = 1 + f->number % (who == CLIENT ? CLIENTS : SERVERS);

	/* a server does one or the other, or every session would be an alert */
	if (who == SERVER && f->clear)
		host += SERVERS;
	if (f->ipv6) {
		put32(at, 0x20010db8);
		put32(at + 4, who == CLIENT ? 0x00010000 : 0x00020000);
		put32(at + 8, 0);
		put32(at + 12, host);
		return 16;
	}
	put32(at, (who == CLIENT ? 0xc6336400 : 0xc0000200) + host);
	return 4;
}

/* Ethernet and IP in front of a segment of so many bytes; returns their length. */
static size_t
put_headers(uint8_t *frame, const struct flow *f, enum from from, size_t segment)
{
	size_t link = ETHERNET + (f->tagged ? VLAN : 0);
	uint8_t *ip = frame + link;
	size_t address;

	memcpy(frame, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
	if (f->tagged) {
		put16(frame + 12, VLAN_TYPE);
		put16(frame + 14, VLAN_NUMBER);
	}
	put16(ip - 2, f->ipv6 ? 0x86dd : 0x0800);
	if (f->ipv6) {
		memset(ip, 0, IPV6);
		ip[0] = 0x60;
		put16(ip + 4, (unsigned)segment);
		ip[6] = 6;
		ip[7] = 64;
		address = put_address(ip + 8, f, from);
		put_address(ip + 8 + address, f, !from);
		return link + IPV6;
	}
	memset(ip, 0, IPV4);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(IPV4 + segment));
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = 6;
	address = put_address(ip + 12, f, from);
	put_address(ip + 12 + address, f, !from);
	put16(ip + 10, checksum(sum(0, ip, IPV4)));
	return link + IPV4;
}

/* One record of the file; the clock moves 2 to 20 microseconds a packet. */
static void
write_record(struct traffic *t, const uint8_t *frame, size_t size)
{
	uint32_t header[4];

	t->packets++;
	t->now_us += 2 + random_below(t, 19);
	header[0] = (uint32_t)(t->now_us / 1000000);
	header[1] = (uint32_t)(t->now_us % 1000000);
	header[2] = header[3] = (uint32_t)size;
	if (fwrite(header, sizeof(header), 1, t->file) != 1 ||
	    fwrite(frame, size, 1, t->file) != 1)
		err(1, "writing");
}

/* Bytes that say nothing, as one TLS record (application data) where that is possible. */
static void
put_bulk(uint8_t *at, size_t size, bool record)
{
	memset(at, 'x', size);
	if (record && size > 5) {
		memcpy(at, "\x17\x03\x03", 3);
		put16(at + 3, (unsigned)size - 5);
	}
	for (size_t end = LINE; !record && end <= size; end += LINE)
		memcpy(at + end - 2, "\r\n", 2);
}

/* One packet, with the next size bytes of the turn where size is not 0. */
static void
send_packet(struct traffic *t, struct flow *f, enum from from, unsigned flags, size_t size)
{
	uint8_t frame[FRAME_MAX];
	size_t addresses = f->ipv6 ? 32 : 8;
	size_t start = put_headers(frame, f, from, TCP + size);
	uint8_t *tcp = frame + start;

	put16(tcp, f->port[from]);
	put16(tcp + 2, f->port[!from]);
	put32(tcp + 4, f->seq[from]);
	put32(tcp + 8, (flags & ACK) != 0 ? f->seq[!from] : 0);
	tcp[12] = 0x50;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 65535);
	put32(tcp + 16, 0);
	if (size > 0 && f->turn->text != NULL)
		memcpy(tcp + TCP, f->turn->text, size);
	else
		put_bulk(tcp + TCP, size, size > 0 && f->turn->records);
	/* no two ClientHellos have the same random: that would be an attack */
	if (size > HELLO_RANDOM + 4 && tcp[TCP] == 0x16 && tcp[TCP + HELLO_TYPE] == 1)
		put32(tcp + TCP + HELLO_RANDOM, f->number);
	put16(tcp + 16, checksum(sum(sum((uint32_t)(6 + TCP + size),
	    tcp - addresses, addresses), tcp, TCP + size)));
	write_record(t, frame, start + TCP + size);
	f->seq[from] += (uint32_t)size + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
}

static void
begin_turn(struct traffic *t, struct flow *f)
{
	f->left = f->turn->size;
	if (f->turn->text == NULL && f->left > 0)
		f->left = (1 + f->left / 4 + random_below(t, (uint32_t)f->left)) * f->stretch;
}

static void
open_flow(struct traffic *t, struct flow *f, uint32_t number)
{
	const struct kind *k = t->kind;
	bool mail = random_below(t, 100) < k->mail_percent;
	bool clear = random_below(t, 100) < (mail ? k->clear_percent : k->http_percent);

	f->number = number;
	f->clear = clear;
	f->ipv6 = random_below(t, 100) < k->ipv6_percent;
	f->tagged = k->vlan_percent > 0 && random_below(t, 100) < k->vlan_percent;
	f->stretch = k->long_tail && !mail ? LONGEST / (1 + random_below(t, LONGEST)) : 1;
	f->port[CLIENT] = (uint16_t)(1024 + number / CLIENTS % 64000);
	f->port[SERVER] = mail ? 25 : clear ? 80 : 443;
	f->seq[CLIENT] = random_below(t, 0x7fffffff);
	f->seq[SERVER] = random_below(t, 0x7fffffff);
	if (k->stays)
		f->turn = mail_idle;
	else if (mail)
		f->turn = clear ? mail_clear : mail_upgraded;
	else
		f->turn = clear ? bulk_http : bulk_tls;
	send_packet(t, f, CLIENT, SYN, 0);
	send_packet(t, f, SERVER, SYN | ACK, 0);
	if (k->half_open)
		return;
	send_packet(t, f, CLIENT, ACK, 0);
	begin_turn(t, f);
}

/* Up to two segments and their acknowledgement; false when the conversation has ended. */
static bool
advance_flow(struct traffic *t, struct flow *f)
{
	enum from from = f->turn->from;

	if (t->kind->half_open || (t->kind->stays && f->turn->size == 0))
		return false;
	if (f->turn->size == 0) {
		send_packet(t, f, CLIENT, FIN | ACK, 0);
		send_packet(t, f, SERVER, FIN | ACK, 0);
		send_packet(t, f, CLIENT, ACK, 0);
		return false;
	}
	for (int i = 0; i < 2 && f->left > 0; i++) {
		size_t size = f->left < MSS ? f->left : MSS;

		/* Texts fit into one segment, so none begins in the middle. */
		send_packet(t, f, from, PSH | ACK, size);
		f->left -= size;
	}
	send_packet(t, f, !from, ACK, 0);
	if (f->left == 0) {
		f->turn++;
		begin_turn(t, f);
	}
	return true;
}

/* So many connections, of which OPEN_MAX at most take turns in a random order. */
static void
generate(struct traffic *t, uint32_t wanted)
{
	static struct flow flows[OPEN_MAX];
	uint32_t opened = 0, open = 0;

	while (opened < wanted || open > 0) {
		if (open < OPEN_MAX && opened < wanted) {
			open_flow(t, &flows[open++], opened++);
		} else {
			uint32_t turn = random_below(t, open);

			if (!advance_flow(t, &flows[turn]))
				flows[turn] = flows[--open];
		}
	}
}

int
main(int argc, char *argv[])
{
	static const struct {
		uint32_t magic;
		uint16_t version[2];
		uint32_t zone, accuracy, snapshot, link_type;
	} file_header = { 0xa1b2c3d4, { 2, 4 }, 0, 0, 65535, 1 };
	struct traffic t = { .now_us = 1767225600000000ULL };	/* 2026-01-01 */

	if (argc != 5 && argc != 6)
		errx(2, "usage: generate KIND FLOWS SEED FILE [SECOND]");
	if (argc == 6)
		t.now_us = strtoull(argv[5], NULL, 10) * 1000000;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(argv[1], kinds[i].name) == 0)
			t.kind = &kinds[i];
	}
	if (t.kind == NULL)
		errx(2, "%s: no such kind of traffic", argv[1]);
	t.random = strtoul(argv[3], NULL, 10) * 2 + 1;
	t.file = fopen(argv[4], "wb");
	if (t.file == NULL || fwrite(&file_header, sizeof(file_header), 1, t.file) != 1)
		err(1, "%s", argv[4]);
	generate(&t, (uint32_t)strtoul(argv[2], NULL, 10));
	if (fclose(t.file) != 0)
		err(1, "%s", argv[4]);
	printf("%lu\n", t.packets);
	return 0;
}
