/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JA3 and JA4 against the examples that their authors published; names of numbers. */
#include "unit.h"

#include <stdlib.h>

#include "tls/tls.h"
#include "tls_samples.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Numbers in hexadecimal, in the order of the hello. */
struct hello {
	unsigned version;
	const char *ciphers;
	const char *extensions;
	const char *groups;
	const char *point_formats;
	const char *signatures;
	const char *versions;
	const char *alpn;
};

static void
add_list(struct bytes *bytes, size_t width, const char *hex)
{
	size_t list = bytes_open(bytes, width);

	bytes_hex(bytes, hex);
	bytes_close(bytes, list, width);
}

static void
add_extension(struct bytes *bytes, unsigned type, const struct hello *hello)
{
	size_t body;

	bytes_u16(bytes, type);
	body = bytes_open(bytes, 2);
	if (type == 0x0000)
		add_list(bytes, 2, "00 0010 6d61696c2e6578616d706c652e6f7267");
	else if (type == 0x000a)
		add_list(bytes, 2, hello->groups);
	else if (type == 0x000b)
		add_list(bytes, 1, hello->point_formats);
	else if (type == 0x000d)
		add_list(bytes, 2, hello->signatures);
	else if (type == 0x0010)
		add_list(bytes, 2, hello->alpn);
	else if (type == 0x002b)
		add_list(bytes, 1, hello->versions);
	bytes_close(bytes, body, 2);
}

static void
fingerprint(const struct hello *hello, struct tls_facts *facts)
{
	struct bytes *types = bytes_of_hex(hello->extensions);
	struct bytes *body = bytes_new(), *record = bytes_new();
	struct span rest = bytes_span(types);
	size_t message, block;
	uint16_t type;

	bytes_u8(body, 1);
	message = bytes_open(body, 3);
	bytes_u16(body, hello->version);
	bytes_fill(body, 0x5a, 32);
	bytes_u8(body, 0);
	add_list(body, 2, hello->ciphers);
	bytes_hex(body, "01 00");
	block = bytes_open(body, 2);
	while (span_be16(&rest, &type))
		add_extension(body, type, hello);
	bytes_close(body, block, 2);
	bytes_close(body, message, 3);
	bytes_record(record, TLS_HANDSHAKE, 0x0301, bytes_span(body));
	*facts = (struct tls_facts){ 0 };
	tls_client_fingerprint(bytes_span(record), facts);
	bytes_free(record);
	bytes_free(body);
	bytes_free(types);
}

#define BROWSER_CIPHERS \
	"1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
#define BROWSER_EXTENSIONS \
	"001b 0000 0033 0010 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015"
#define BROWSER_SIGNATURES "0403 0804 0401 0503 0805 0501 0806 0601"

static struct hello
browser(void)
{
	return (struct hello){ 0x0303, BROWSER_CIPHERS, BROWSER_EXTENSIONS,
		"001d 0017 0018", "00", BROWSER_SIGNATURES, "0304 0303", "02 6832" };
}

static void
ja3_is_as_published(void **state)
{
	/* 769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0 */
	const struct hello first = { 0x0301,
		"002f 0035 0005 000a c009 c00a c013 c014 0032 0038 0013 0004",
		"0000 000a 000b", "0017 0018 0019", "00", "", "", "" };
	/* 769,4-5-10-9-100-98-3-6-19-18-99,,, */
	const struct hello second = { 0x0301,
		"0004 0005 000a 0009 0064 0062 0003 0006 0013 0012 0063", "", "", "", "",
		    "",
		"" };
	struct tls_facts facts;

	(void)state;
	fingerprint(&first, &facts);
	assert_string_equal(facts.ja3, "ada70206e40642a3e4461f35503241d5");
	fingerprint(&second, &facts);
	assert_string_equal(facts.ja3, "de350869b8c85de67a350c8d186f11e6");
}

static void
ja3_leaves_grease_out(void **state)
{
	const struct hello greased = { 0x0301,
		"0a0a 002f 0035 0005 000a c009 c00a c013 c014 0032 fafa 0038 0013 0004",
		"1a1a 0000 000a 000b caca", "2a2a 0017 0018 0019", "00", "", "", "" };
	struct tls_facts facts;

	(void)state;
	fingerprint(&greased, &facts);
	assert_string_equal(facts.ja3, "ada70206e40642a3e4461f35503241d5");
}

static const struct ja4_row {
	const char *why;
	struct hello hello;
	const char *want;
} ja4_rows[] = {
	{ "as published", { 0x0303, BROWSER_CIPHERS, BROWSER_EXTENSIONS, "", "",
	    BROWSER_SIGNATURES, "0304 0303", "02 6832" },
	    "t13d1516h2_8daaf6152771_e5627efa2ab1" },
	{ "GREASE counts nowhere", { 0x0303, "3a3a" BROWSER_CIPHERS,
	    "4a4a" BROWSER_EXTENSIONS "5a5a", "", "", "7a7a" BROWSER_SIGNATURES,
	    "fafa 0304 0303", "02 0a0a 02 6832" },
	    "t13d1516h2_8daaf6152771_e5627efa2ab1" },
	{ "order counts nowhere but in signatures", { 0x0303,
	    "0035 002f 009d 009c c014 c013 cca8 cca9 c030 c02c c02f c02b 1303 1302 1301",
	    "0015 000a 000b ff01 002b 0012 0023 0005 000d 002d 0017 4469 0010 0033 0000"
	    "001b",
	    "", "", BROWSER_SIGNATURES, "0303 0304", "02 6832" },
	    "t13d1516h2_8daaf6152771_e5627efa2ab1" },
	{ "without signatures", { 0x0303, BROWSER_CIPHERS, BROWSER_EXTENSIONS, "", "", "",
	    "0304 0303", "02 6832" }, "t13d1516h2_8daaf6152771_6d807ffa2a79" },
	{ "without a name and a protocol", { 0x0303, BROWSER_CIPHERS,
	    "001b 0033 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015", "",
	    "", BROWSER_SIGNATURES, "0304", "" },
	    "t13i151400_8daaf6152771_e5627efa2ab1" },
	{ "only a name: nothing is left to hash", { 0x0301, "002f", "0000", "", "", "",
	    "", "" }, "t10d010100_ba72b8082249_000000000000" },
	{ "nothing", { 0x0300, "", "", "", "", "", "", "" },
	    "ts3i000000_000000000000_000000000000" },
	{ "signals count as ciphers", { 0x0302, "00ff 5600 0a0a", "", "", "", "", "",
	    "" },
	    "t11i020000_dd521c41064d_000000000000" },
	{ "a version without a code", { 0x0101, "", "", "", "", "", "", "" },
	    "t00i000000_000000000000_000000000000" },
};

static void
ja4_is_as_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ja4_rows); i++) {
		struct tls_facts facts;

		fingerprint(&ja4_rows[i].hello, &facts);
		if (strcmp(facts.ja4, ja4_rows[i].want) != 0)
			fail_msg("%s: %s", ja4_rows[i].why, facts.ja4);
	}
}

/* Protocol names and the two characters that stand for them. */
static const struct alpn_row {
	const char *alpn;
	const char *want;
} alpn_rows[] = {
	{ "02 6832", "h2" },
	{ "08 687474702f312e31 02 6832", "h1" },
	{ "01 61", "aa" },
	{ "01 ab", "ab" },
	{ "02 abcd", "ad" },
	{ "02 30ab", "3b" },
	{ "02 ab30", "a0" },
	{ "04 3031abcd", "3d" },
	{ "04 30abcd31", "01" },
	{ "00", "00" },
	{ "", "00" },
};

static void
ja4_names_the_protocol(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(alpn_rows); i++) {
		struct hello hello = browser();
		struct tls_facts facts;

		hello.alpn = alpn_rows[i].alpn;
		fingerprint(&hello, &facts);
		assert_memory_equal(facts.ja4 + 8, alpn_rows[i].want, 2);
		assert_string_equal(facts.ja4 + 10, "_8daaf6152771_e5627efa2ab1");
	}
}

/* More than 99 are shown as 99; more than anybody needs have no fingerprint at all. */
static void
ja4_has_limits(void **state)
{
	static const struct {
		size_t ciphers;
		const char *want;
	} rows[] = {
		{ 99, "t12i990000_" }, { 100, "t12i990000_" }, { 1024, "t12i990000_" },
		{ 1025, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *ciphers = calloc(1, 4 * rows[i].ciphers + 1);
		struct hello hello = { .version = 0x0303, .ciphers = ciphers,
			.extensions = "" };
		struct tls_facts facts;

		assert_non_null(ciphers);
		memset(ciphers, '0', 4 * rows[i].ciphers);
		fingerprint(&hello, &facts);
		assert_memory_equal(facts.ja4, rows[i].want, strlen(rows[i].want));
		assert_int_equal(facts.ja4[0] == '\0', rows[i].want[0] == '\0');
		assert_int_equal(strlen(facts.ja3), 32);
		free(ciphers);
	}
}

static void
versions_have_the_names_of_eve(void **state)
{
	static const struct {
		uint16_t version;
		const char *name;
	} rows[] = {
		{ 0x0304, "TLS 1.3" }, { 0x0303, "TLS 1.2" }, { 0x0302, "TLS 1.1" },
		{ 0x0301, "TLSv1" }, { 0x0300, "SSLv3" }, { 0x0002, "SSLv2" },
		{ 0x7f1c, "TLS 1.3 draft-28" }, { 0x7f12, "TLS 1.3 draft-18" },
		{ 0, "UNDETERMINED" }, { 0x0305, "UNDETERMINED" }, { 0x0101,
		    "UNDETERMINED" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(tls_version_name(rows[i].version), rows[i].name);
}

static const struct cipher_row {
	uint16_t cipher;
	const char *name;
	enum tls_strength strength;
} cipher_rows[] = {
	{ 0x0000, "TLS_NULL_WITH_NULL_NULL", TLS_STRENGTH_NULL },
	{ 0xc015, "TLS_ECDH_anon_WITH_NULL_SHA", TLS_STRENGTH_NULL },
	{ 0xc0b4, "TLS_SHA256_SHA256", TLS_STRENGTH_NULL },
	{ 0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", TLS_STRENGTH_EXPORT },
	{ 0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", TLS_STRENGTH_EXPORT },
	{ 0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", TLS_STRENGTH_EXPORT },
	{ 0x0018, "TLS_DH_anon_WITH_RC4_128_MD5", TLS_STRENGTH_ANON },
	{ 0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", TLS_STRENGTH_ANON },
	{ 0x0005, "TLS_RSA_WITH_RC4_128_SHA", TLS_STRENGTH_RC4 },
	{ 0x0009, "TLS_RSA_WITH_DES_CBC_SHA", TLS_STRENGTH_DES },
	{ 0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", TLS_STRENGTH_BLOCK64 },
	{ 0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", TLS_STRENGTH_BLOCK64 },
	{ 0xc101, "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC", TLS_STRENGTH_BLOCK64 },
	{ 0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", TLS_STRENGTH_OK },
	{ 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS_STRENGTH_OK },
	{ 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", TLS_STRENGTH_OK },
	{ 0x1301, "TLS_AES_128_GCM_SHA256", TLS_STRENGTH_OK },
	{ 0xe013, "ECC_SM4_CBC_SM3", TLS_STRENGTH_OK },
	{ 0xfeff, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA", TLS_STRENGTH_BLOCK64 },
	{ 0x5600, "TLS_FALLBACK_SCSV", TLS_STRENGTH_UNKNOWN },
	{ 0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", TLS_STRENGTH_UNKNOWN },
	{ 0x0a0a, NULL, TLS_STRENGTH_UNKNOWN },
	{ 0xffff, NULL, TLS_STRENGTH_UNKNOWN },
};

static void
ciphers_have_names_and_strengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cipher_rows); i++) {
		const struct cipher_row *row = &cipher_rows[i];
		const char *name = tls_cipher_name(row->cipher);

		assert_int_equal(name == NULL, row->name == NULL);
		if (name != NULL)
			assert_string_equal(name, row->name);
		assert_int_equal(tls_cipher_strength(row->cipher), row->strength);
	}
}

/* A table that is searched must be sorted; an entry out of place would never be found. */
static void
every_cipher_is_found(void **state)
{
	size_t count = 0;

	(void)state;
	for (unsigned cipher = 0; cipher <= 0xffff; cipher++)
		count += tls_cipher_name((uint16_t)cipher) != NULL;
	assert_int_equal(count, 370);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ja3_is_as_published),
		cmocka_unit_test(ja3_leaves_grease_out),
		cmocka_unit_test(ja4_is_as_published),
		cmocka_unit_test(ja4_names_the_protocol),
		cmocka_unit_test(ja4_has_limits),
		cmocka_unit_test(versions_have_the_names_of_eve),
		cmocka_unit_test(ciphers_have_names_and_strengths),
		cmocka_unit_test(every_cipher_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
