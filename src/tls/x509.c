/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few parts of a certificate that are evidence. They are picked out here
 * and given to libcrypto one by one: a whole certificate would have its key
 * decoded, too, which nobody needs, takes most of the time, and is where a
 * hostile certificate has the most to aim at.
 */
#include "tls/x509.h"

#include <time.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "tls/digest.h"

enum tag {
	ANY = 0,
	INTEGER = 0x02,
	SEQUENCE = 0x30,
	VERSION = 0xa0,
};

/* Each with its tag and length. */
struct parts {
	struct span issuer;
	struct span not_before;
	struct span not_after;
	struct span subject;
	struct span key;
};

/* Length of what follows (X.690 §8.1.3); no message is long enough for more. */
static bool
take_length(struct span *in, uint32_t *length_r)
{
	uint8_t first, byte;

	if (!span_u8(in, &first))
		return false;
	*length_r = first;
	if (first < 0x80)
		return true;
	if (first < 0x81 || first > 0x83)
		return false;
	*length_r = 0;
	for (; first > 0x80; first--) {
		if (!span_u8(in, &byte))
			return false;
		*length_r = *length_r << 8 | byte;
	}
	return true;
}

/* Take the element at the front if it has that tag: all of it, or what is in it. */
static bool
take(struct span *in, enum tag tag, struct span *whole_r, struct span *content_r)
{
	struct span at = *in;
	uint8_t got;
	uint32_t length;

	if (!span_u8(&at, &got) || (tag != ANY && got != tag) ||
	    !take_length(&at, &length) || !span_take(&at, length, content_r))
		return false;
	*whole_r = span_head(*in, in->n - at.n);
	*in = at;
	return true;
}

static bool
take_parts(struct span der, struct parts *parts)
{
	struct span whole, certificate, body, validity, content;

	if (!take(&der, SEQUENCE, &whole, &certificate) ||
	    !take(&certificate, SEQUENCE, &whole, &body))
		return false;
	take(&body, VERSION, &whole, &content);		/* absent in version 1 */
	return take(&body, INTEGER, &whole, &content) &&
	    take(&body, SEQUENCE, &whole, &content) &&
	    take(&body, SEQUENCE, &parts->issuer, &content) &&
	    take(&body, SEQUENCE, &whole, &validity) &&
	    take(&validity, ANY, &parts->not_before, &content) &&
	    take(&validity, ANY, &parts->not_after, &content) &&
	    take(&body, SEQUENCE, &parts->subject, &content) &&
	    take(&body, SEQUENCE, &parts->key, &content);
}

/*
 * A name, most specific part first and UTF-8 (RFC 2253). Commas inside values
 * are quoted, not escaped, because escaping is what text_escape() is for.
 */
static void
name_text(const X509_NAME *name, char *text_r, size_t size)
{
	unsigned long flags = (XN_FLAG_RFC2253 | ASN1_STRFLGS_ESC_QUOTE) &
	    ~(unsigned long)(ASN1_STRFLGS_ESC_MSB | ASN1_STRFLGS_ESC_CTRL);
	BIO *text = BIO_new(BIO_s_mem());
	char *data = NULL;
	long n = 0;

	if (text != NULL && X509_NAME_print_ex(text, name, 0, flags) >= 0)
		n = BIO_get_mem_data(text, &data);
	if (n > 0)
		text_escape(text_r, size, span_of(data, (size_t)n));
	BIO_free(text);
}

static void
read_names(const struct parts *parts, struct tls_certificate *certificate)
{
	const unsigned char *at = parts->subject.p;
	X509_NAME *subject = d2i_X509_NAME(NULL, &at, (long)parts->subject.n), *issuer;

	at = parts->issuer.p;
	issuer = d2i_X509_NAME(NULL, &at, (long)parts->issuer.n);
	if (subject != NULL)
		name_text(subject, certificate->subject, sizeof(certificate->subject));
	if (issuer != NULL)
		name_text(issuer, certificate->issuer, sizeof(certificate->issuer));
	certificate->self_signed = subject != NULL && issuer != NULL &&
	    X509_NAME_cmp(subject, issuer) == 0;
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
}

/*
 * Seconds since 1970, 0 for a time that makes none. libc's calendar is left
 * alone: its first use reads the time zone from a file.
 */
static int64_t
seconds_of(struct span der)
{
	const struct tm epoch = { .tm_year = 70, .tm_mday = 1 };
	const unsigned char *at = der.p;
	ASN1_TIME *text = d2i_ASN1_TIME(NULL, &at, (long)der.n);
	int days = 0, seconds = 0;
	struct tm tm;

	if (text == NULL || !ASN1_TIME_to_tm(text, &tm) ||
	    !OPENSSL_gmtime_diff(&days, &seconds, &epoch, &tm))
		days = seconds = 0;
	ASN1_TIME_free(text);
	return (int64_t)days * 86400 + seconds;
}

static void
sha256(struct span bytes, const char *between, char *hex_r, size_t size)
{
	struct tls_digest digest;

	tls_digest_start(&digest, EVP_sha256());
	tls_digest_add(&digest, bytes);
	tls_digest_end(&digest, between, hex_r, size);
}

void
tls_x509_read(struct span der, struct tls_certificate *certificate_r)
{
	struct parts parts;

	*certificate_r = (struct tls_certificate){ 0 };
	sha256(der, ":", certificate_r->fingerprint_sha256,
	    sizeof(certificate_r->fingerprint_sha256));
	if (!take_parts(der, &parts))
		return;
	read_names(&parts, certificate_r);
	certificate_r->not_before_s = seconds_of(parts.not_before);
	certificate_r->not_after_s = seconds_of(parts.not_after);
	sha256(parts.key, "", certificate_r->spki_sha256,
	    sizeof(certificate_r->spki_sha256));
	/* what libcrypto has against it is of no use to anybody, and would pile up */
	ERR_clear_error();
}
