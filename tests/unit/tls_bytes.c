/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 8446 §4.1, §4.2 and §5.1, RFC 5246 §7.4 and appendix E.2, RFC 7301 §3.1. */
#include "tls_bytes.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 512, RECORD_HEADER = 5, MESSAGE_HEADER = 4 };

/* A message while it is written; lengths that stand before their content are filled in later. */
struct writer {
	uint8_t p[ROOM];
	size_t n;
};

static void
put(struct writer *w, const void *bytes, size_t n)
{
	if (n > sizeof(w->p) - w->n)
		abort();
	memcpy(w->p + w->n, bytes, n);
	w->n += n;
}

static void
put_16(struct writer *w, unsigned v)
{
	uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(w, bytes, sizeof(bytes));
}

/* Leave room for a 16-bit length, and fill it in when its content is there. */
static size_t
open_16(struct writer *w)
{
	put_16(w, 0);
	return w->n;
}

static void
close_16(struct writer *w, size_t start)
{
	w->p[start - 2] = (uint8_t)((w->n - start) >> 8);
	w->p[start - 1] = (uint8_t)(w->n - start);
}

static void
put_record(struct writer *w, uint8_t content, const void *fragment, size_t n)
{
	put(w, &content, 1);
	put_16(w, 0x0303);
	put_16(w, (unsigned)n);
	put(w, fragment, n);
}

static void
put_random(struct writer *w, uint8_t first)
{
	for (uint8_t i = 0; i < 32; i++) {
		uint8_t byte = (uint8_t)(first + i * 7);

		put(w, &byte, 1);
	}
}

/* A handshake record with one message; put what is in it, then close. */
static void
open_message(struct writer *w, uint8_t kind)
{
	uint8_t header[RECORD_HEADER + MESSAGE_HEADER] = { 22, 3, 1, 0, 0, kind };

	put(w, header, sizeof(header));
}

static void
close_message(struct writer *w)
{
	close_16(w, RECORD_HEADER);
	close_16(w, RECORD_HEADER + MESSAGE_HEADER);
}

static void
put_extension(struct writer *w, unsigned kind, const char *content, size_t n)
{
	put_16(w, kind);
	put_16(w, (unsigned)n);
	put(w, content, n);
}

static void
put_sni(struct writer *w)
{
	static const char name[] = "mail.example.org";
	size_t extension, list, entry;

	put_16(w, 0);
	extension = open_16(w);
	list = open_16(w);
	put(w, "", 1);
	entry = open_16(w);
	put(w, name, sizeof(name) - 1);
	close_16(w, entry);
	close_16(w, list);
	close_16(w, extension);
}

static void
client_hello(struct writer *w, bool tls13, const char *alpn)
{
	static const char ciphers13[] = "\0\x06\x13\x01\xc0\x2f\0\x9c", ciphers12[] =
	    "\0\x04\xc0\x2f\0\x9c";
	size_t extensions;

	open_message(w, 1);
	put_16(w, 0x0303);
	put_random(w, 0x31);
	put(w, "", 1);				/* no session to resume */
	if (tls13)
		put(w, ciphers13, sizeof(ciphers13) - 1);
	else
		put(w, ciphers12, sizeof(ciphers12) - 1);
	put(w, "\x01", 2);			/* no compression */
	extensions = open_16(w);
	put_sni(w);
	put_extension(w, 10, "\0\x02\0\x1d", 4);	/* x25519 */
	put_extension(w, 13, "\0\x04\x04\x03\x08\x04", 6);
	if (strcmp(alpn, "h2") == 0)
		put_extension(w, 16, "\0\x0c\x02h2\x08http/1.1", 14);
	else if (strcmp(alpn, "postgresql") == 0)
		put_extension(w, 16, "\0\x0b\x0apostgresql", 13);
	else if (strcmp(alpn, "tds/8.0") == 0)
		put_extension(w, 16, "\0\x08\x07tds/8.0", 10);
	if (tls13) {
		put_extension(w, 43, "\x04\x03\x04\x03\x03", 5);
		put_16(w, 51);
		put_16(w, 38);
		put(w, "\0\x24\0\x1d\0\x20", 6);
		put_random(w, 0x55);
	}
	close_16(w, extensions);
	close_message(w);
}

static void
server_hello(struct writer *w, bool tls13, bool sentinel)
{
	size_t extensions;

	open_message(w, 2);
	put_16(w, 0x0303);
	put_random(w, 0x77);
	if (sentinel)
		memcpy(w->p + w->n - 8, "DOWNGRD\x01", 8);
	put(w, "", 1);
	put_16(w, tls13 ? 0x1301 : 0xc02f);
	put(w, "", 1);
	extensions = open_16(w);
	if (tls13) {
		put_extension(w, 43, "\x03\x04", 2);
		put_16(w, 51);
		put_16(w, 36);
		put(w, "\0\x1d\0\x20", 4);
		put_random(w, 0x99);
	} else {
		put_extension(w, 0xff01, "", 1);	/* RFC 5746 */
	}
	close_16(w, extensions);
	close_message(w);
}

static void
sslv2_hello(struct writer *w)
{
	/* version 3.3, one cipher of three bytes, no session, a challenge of 16 */
	put(w, "\x80\x1c\x01\x03\x03\0\x03\0\0\0\x10\0\0\x9c", 14);
	put(w, "0123456789abcdef", 16);
}

static bool
write_named(struct writer *w, const char *name)
{
	uint8_t protected[40];

	memset(protected, 0xa7, sizeof(protected));
	if (strncmp(name, "ClientHello", 11) == 0) {
		if (strcmp(name + 11, " SSLv2") == 0)
			sslv2_hello(w);
		else
			client_hello(w, strcmp(name + 11, " 1.2") != 0,
			    name[11] == ' ' ? name + 12 : "");
	} else if (strncmp(name, "ServerHello", 11) == 0) {
		server_hello(w, name[11] == '\0', strstr(name, "sentinel") != NULL);
	} else if (strncmp(name, "alert ", 6) == 0) {
		put_record(w, 21, (uint8_t[]){ 2, (uint8_t)strtoul(name + 6, NULL, 10) }, 2);
	} else if (strncmp(name, "warning ", 8) == 0) {
		put_record(w, 21, (uint8_t[]){ 1, (uint8_t)strtoul(name + 8, NULL, 10) }, 2);
	} else if (strcmp(name, "ChangeCipherSpec") == 0) {
		put_record(w, 20, "\x01", 1);
	} else if (strcmp(name, "Finished") == 0) {
		put_record(w, 22, protected, sizeof(protected));
	} else if (strcmp(name, "record") == 0) {
		put_record(w, 23, protected, sizeof(protected));
	} else {
		return false;
	}
	return true;
}

bool
tls_bytes(const char *name, struct buffer *out)
{
	struct writer w = { .n = 0 };

	return write_named(&w, name) && buffer_add(out, span_of(w.p, w.n), SIZE_MAX);
}
