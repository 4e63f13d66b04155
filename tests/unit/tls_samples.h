/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_TLS_SAMPLES_H
#define TESTS_TLS_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "words/tls_facts.h"

/* Handshakes between two OpenSSL 3.0 ends in one process, in hexadecimal. */
extern const char *const client_tls13;
extern const char *const server_tls13;
extern const char *const client_retried;
extern const char *const server_retries;
extern const char *const client_tls12;
extern const char *const server_tls12;
extern const char *const client_tls10;
extern const char *const server_tls10;
extern const char *const server_self_signed;
extern const char *const server_anonymous;

/* Bytes that a test puts together. */
struct bytes {
	uint8_t *at;
	size_t n;
	size_t room;
};

struct bytes *bytes_new(void);
struct bytes *bytes_of_hex(const char *hex);
void bytes_free(struct bytes *bytes);
void bytes_add(struct bytes *bytes, const void *data, size_t n);
void bytes_hex(struct bytes *bytes, const char *hex);
void bytes_u8(struct bytes *bytes, unsigned value);
void bytes_u16(struct bytes *bytes, unsigned value);
void bytes_fill(struct bytes *bytes, unsigned value, size_t n);

/* A length of so many bytes, which close sets to what came behind it. */
size_t bytes_open(struct bytes *bytes, size_t width);
void bytes_close(struct bytes *bytes, size_t opened, size_t width);

/* A record around these bytes. */
void bytes_record(struct bytes *bytes, unsigned content, unsigned version,
    struct span fragment);

struct span bytes_span(const struct bytes *bytes);

/*
 * The same stream with its leading handshake records cut anew, into fragments
 * of these lengths in turn; the last length is used for the rest.
 */
struct bytes *bytes_recut(struct span stream, const size_t *lengths, size_t count);

/* A hello in one record: what stands before the extensions, and their block. */
struct bytes *bytes_hello(unsigned type, const char *fixed, const char *block);

/* A copy in memory that ends where the bytes end: a sanitizer sees each step too far. */
struct span exact_new(struct span bytes);
void exact_free(struct span bytes);

/* The functions under test, on exact copies and with fresh facts. */
long sample_client(struct span in, struct tls_facts *facts);
long sample_server(struct span in, uint16_t client_version, struct tls_facts *facts);

#endif
