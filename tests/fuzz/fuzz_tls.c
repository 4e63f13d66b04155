/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the start of TLS. The first byte chooses the function; some put
 * the rest into a well-formed frame first, so that lengths which must agree do
 * not keep everything behind them from being tried.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "tls/tls.h"

enum { FRAME_MAX = 1 << 14 };

/* A record that grows; lengths are set when all is in it. */
struct frame {
	uint8_t bytes[TLS_RECORD_HEADER + FRAME_MAX];
	size_t n;
};

static void
check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_tls: not true: %s\n", what);
	abort();
}

static void
check_text(const char *text, size_t size)
{
	check(memchr(text, '\0', size) != NULL, "text ends in its field");
	check(text_is_utf8(span_text(text)), "text is UTF-8");
}

static void
check_facts(const struct tls_facts *facts)
{
	const struct tls_certificate *certificate = &facts->certificate;

	check_text(facts->sni, sizeof(facts->sni));
	check_text(facts->alpn, sizeof(facts->alpn));
	check_text(facts->ja3, sizeof(facts->ja3));
	check_text(facts->ja3s, sizeof(facts->ja3s));
	check_text(facts->ja4, sizeof(facts->ja4));
	check_text(certificate->subject, sizeof(certificate->subject));
	check_text(certificate->issuer, sizeof(certificate->issuer));
	check_text(certificate->fingerprint_sha256,
	    sizeof(certificate->fingerprint_sha256));
	check_text(certificate->spki_sha256, sizeof(certificate->spki_sha256));
}

static void
try_records(struct span in, struct tls_facts *facts)
{
	struct tls_record record;
	long size;

	(void)facts;
	while ((size = tls_record_read(in, &record)) > 0) {
		check(record.fragment.n <= record.length, "fragment within length");
		check(size == TLS_RECORD_HEADER + record.length, "header and fragment");
		tls_record_is_fatal_alert(&record, record.version);
		in = span_tail(in, (size_t)size);
	}
}

/* A longer prefix may decide what was open, but never takes a decision back. */
static void
try_looks(struct span in, struct tls_facts *facts)
{
	enum tls_looks client = TLS_MAYBE, server = TLS_MAYBE;

	(void)facts;
	for (size_t n = 0; n <= in.n && n < 16; n++) {
		enum tls_looks c = tls_looks_like_client(span_head(in, n));
		enum tls_looks s = tls_looks_like_server(span_head(in, n));

		check(client == TLS_MAYBE || c == client, "a client's look stays");
		check(server == TLS_MAYBE || s == server, "a server's look stays");
		check(c != TLS_YES || s != TLS_YES, "nobody is both");
		client = c;
		server = s;
	}
}

typedef long reader(struct span in, struct tls_facts *facts);

static long
read_certificate(struct span in, struct tls_facts *facts)
{
	return tls_certificate(in, &facts->certificate);
}

/* What was not used does not matter, and all that was used was needed. */
static void
try_reader(reader *read, struct span in, struct tls_facts *facts)
{
	struct tls_facts again = *facts;
	long used = read(in, facts);

	check(used >= -1 && used <= (long)in.n, "no more used than there was");
	if (used <= 0)
		return;
	check_facts(facts);
	check(read(span_head(in, (size_t)used - 1), &again) == 0,
	    "a byte less is too little");
	check(read(span_head(in, (size_t)used), &again) == used,
	    "no byte more is needed");
	check(memcmp(&again, facts, sizeof(again)) == 0, "the same facts");
}

static void
try_client(struct span in, struct tls_facts *facts)
{
	try_reader(tls_client_hello, in, facts);
	tls_client_fingerprint(in, facts);
	check_facts(facts);
}

static void
try_server(struct span in, struct tls_facts *facts)
{
	try_reader(tls_server_hello, in, facts);
}

static void
try_certificate(struct span in, struct tls_facts *facts)
{
	try_reader(read_certificate, in, facts);
}

static void
add(struct frame *frame, struct span bytes)
{
	bytes = span_head(bytes, sizeof(frame->bytes) - frame->n);
	if (bytes.n > 0)
		memcpy(frame->bytes + frame->n, bytes.p, bytes.n);
	frame->n += bytes.n;
}

/* Lengths of the record and of the messages in it, each up to the end. */
static struct span
close_frame(struct frame *frame, const size_t *lengths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = frame->n - lengths[i];

		frame->bytes[lengths[i] - 2] = (uint8_t)(n >> 8);
		frame->bytes[lengths[i] - 1] = (uint8_t)n;
	}
	return span_of(frame->bytes, frame->n);
}

static void
try_message(reader *read, uint8_t type, struct span body, struct tls_facts *facts)
{
	const uint8_t header[] = { TLS_HANDSHAKE, 3, 3, 0, 0, type, 0, 0, 0 };
	static const size_t lengths[] = { 5, 9 };
	static struct frame frame;

	frame.n = 0;
	add(&frame, span_of(header, sizeof(header)));
	add(&frame, body);
	try_reader(read, close_frame(&frame, lengths, 2), facts);
}

static void
try_client_body(struct span body, struct tls_facts *facts)
{
	try_message(tls_client_hello, 1, body, facts);
}

static void
try_server_body(struct span body, struct tls_facts *facts)
{
	try_message(tls_server_hello, 2, body, facts);
}

static void
try_extensions(struct span block, struct tls_facts *facts)
{
	static const uint8_t fixed[41] = { 3, 3, [36] = 2, 0x13, 1, 1 };
	static struct frame body;
	static const size_t lengths[] = { 43 };
	static const uint8_t length[2] = { 0 };

	body.n = 0;
	add(&body, span_of(fixed, sizeof(fixed)));
	add(&body, span_of(length, sizeof(length)));
	add(&body, span_head(block, FRAME_MAX - 64));
	try_client_body(close_frame(&body, lengths, 1), facts);
}

/* A ServerHello, then a Certificate message around the bytes. */
static void
try_der(struct span der, struct tls_facts *facts)
{
	static const uint8_t before[] = { TLS_HANDSHAKE, 3, 3, 0, 0, 2, 0, 0, 38, 3, 3,
		[45] = 0x2f, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const size_t lengths[] = { 5, 51, 54, 57 };
	static struct frame frame;
	struct span in;

	frame.n = 0;
	add(&frame, span_of(before, sizeof(before)));
	add(&frame, der);
	in = close_frame(&frame, lengths, 4);
	try_reader(read_certificate, in, facts);
	if (der.n > 0)
		check(facts->certificate.fingerprint_sha256[0] != '\0', "a fingerprint");
}

static void
try_names(struct span in, struct tls_facts *facts)
{
	uint16_t number;

	(void)facts;
	while (span_be16(&in, &number)) {
		const char *name = tls_cipher_name(number);

		check(tls_version_name(number)[0] != '\0', "a version has a name");
		check(name == NULL || strlen(name) < 48, "a cipher's name is short");
		check(name != NULL || tls_cipher_strength(number) == TLS_STRENGTH_UNKNOWN,
		    "no strength without a name");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct span, struct tls_facts *) = {
		try_records, try_looks, try_client, try_server, try_certificate,
		try_client_body, try_server_body, try_extensions, try_der, try_names,
	};
	struct span in = span_of(data, size);
	struct tls_facts facts;
	uint8_t choice;

	/* padding, too, so that facts can be compared whole */
	memset(&facts, 0, sizeof(facts));
	facts.client_version = 0x0304;
	if (span_u8(&in, &choice))
		tries[choice % (sizeof(tries) / sizeof(tries[0]))](in, &facts);
	return 0;
}
