/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be TLS at all: records, the first bytes of either side (RFC 8446 §5.1). */
#include "unit.h"

#include "tls/tls.h"
#include "tls_samples.h"

static const struct record_row {
	const char *hex;
	long want;
	uint8_t content;
	uint16_t version;
	size_t fragment;
} record_rows[] = {
	{ "16 0301 0004 01000000", 9, TLS_HANDSHAKE, 0x0301, 4 },
	{ "16 0301 0004 0100", 9, TLS_HANDSHAKE, 0x0301,
	    2 },	/* not all there */
	{ "16 0301 0004", 9, TLS_HANDSHAKE, 0x0301, 0 },
	{ "16 0301 0001 01 ffff", 6, TLS_HANDSHAKE, 0x0301,
	    1 },	/* another behind */
	{ "14 0303 0001 01", 6, TLS_CHANGE_CIPHER_SPEC, 0x0303, 1 },
	{ "15 0300 0002 0228", 7, TLS_ALERT, 0x0300, 2 },
	{ "18 0303 0003 010000", 8, TLS_HEARTBEAT, 0x0303, 3 },
	{ "17 0304 0001 00", 6, TLS_APPLICATION_DATA, 0x0304, 1 },
	{ "16 0101 0001 01", 6, TLS_HANDSHAKE, 0x0101, 1 },	/* TLCP */
	{ "16 0301 4000", 5 + 16384, TLS_HANDSHAKE, 0x0301, 0 },
	{ "17 0303 4800", 5 + 18432, TLS_APPLICATION_DATA, 0x0303, 0 },
	{ "", 0, 0, 0, 0 },
	{ "16", 0, 0, 0, 0 },
	{ "16 0301 00", 0, 0, 0, 0 },
	{ "13 0301 0001 01", -1, 0, 0, 0 },
	{ "19 0301 0001 01", -1, 0, 0, 0 },
	{ "16 0305 0001 01", -1, 0, 0, 0 },
	{ "16 0201 0001 01", -1, 0, 0, 0 },
	{ "16 0100 0001 01", -1, 0, 0, 0 },
	{ "16 0102 0001 01", -1, 0, 0, 0 },
	{ "16 0301 0000", -1, 0, 0, 0 },
	{ "16 0301 4001", -1, 0, 0, 0 },
	{ "17 0303 4801", -1, 0, 0, 0 },
	{ "32 3230 2067 6f", -1, 0, 0, 0 },			/* "220 go" */
};

static void
records_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(record_rows) / sizeof(record_rows[0]); i++) {
		const struct record_row *row = &record_rows[i];
		struct bytes *bytes = bytes_of_hex(row->hex);
		struct span in = exact_new(bytes_span(bytes));
		struct tls_record record = { 0 };

		assert_int_equal(tls_record_read(in, &record), row->want);
		assert_int_equal(record.content, row->content);
		assert_int_equal(record.version, row->version);
		assert_int_equal(record.fragment.n, row->fragment);
		if (row->want > 0)
			assert_int_equal(record.length, row->want - TLS_RECORD_HEADER);
		exact_free(in);
		bytes_free(bytes);
	}
}

/* Once sure, both functions stay sure; before that they may only be undecided. */
static const struct looks_row {
	const char *hex;
	enum tls_looks client;
	enum tls_looks server;
} looks_rows[] = {
	{ "16 0301 0200 01", TLS_YES, TLS_NOT },
	{ "16 0300 0050 01", TLS_YES, TLS_NOT },
	{ "16 0304 4000 01", TLS_YES, TLS_NOT },
	{ "16 0301 0001 01", TLS_YES, TLS_NOT },
	{ "16 0101 0050 01", TLS_YES, TLS_NOT },		/* TLCP */
	{ "16 0303 0050 02", TLS_NOT, TLS_YES },
	{ "16 0101 0050 02", TLS_NOT, TLS_YES },
	{ "15 0301 0002 02", TLS_NOT, TLS_YES },
	{ "15 0301 0002 01", TLS_NOT, TLS_YES },
	{ "", TLS_MAYBE, TLS_MAYBE },
	{ "16", TLS_MAYBE, TLS_MAYBE },
	{ "1603", TLS_MAYBE, TLS_MAYBE },
	{ "1601", TLS_MAYBE, TLS_MAYBE },
	{ "16 0301 40", TLS_MAYBE, TLS_MAYBE },
	{ "16 0301 4000", TLS_MAYBE, TLS_MAYBE },
	{ "15 0301 0002", TLS_NOT, TLS_MAYBE },
	{ "15 0301 0002 03", TLS_NOT, TLS_NOT },
	{ "15 0301 0003", TLS_NOT, TLS_NOT },
	{ "16 0301 4001", TLS_NOT, TLS_NOT },
	{ "16 0301 41", TLS_NOT, TLS_NOT },
	{ "16 0301 0000", TLS_NOT, TLS_NOT },
	{ "16 0305", TLS_NOT, TLS_NOT },
	{ "16 0102", TLS_NOT, TLS_NOT },
	{ "16 02", TLS_NOT, TLS_NOT },
	{ "16 0301 0050 0b", TLS_NOT, TLS_NOT },
	{ "17 0303 0050 01", TLS_NOT, TLS_NOT },
	{ "14 0303 0001 01", TLS_NOT, TLS_NOT },
	/* SSLv2-compatible hellos */
	{ "80 2e 01 0301", TLS_YES, TLS_NOT },
	{ "80 2e 01 0304", TLS_YES, TLS_NOT },
	{ "ff ff 01 0300", TLS_YES, TLS_NOT },
	{ "80 2e 01 0002", TLS_YES, TLS_NOT },
	{ "80", TLS_MAYBE, TLS_NOT },
	{ "80 2e", TLS_MAYBE, TLS_NOT },
	{ "80 2e 01", TLS_MAYBE, TLS_NOT },
	{ "80 2e 01 00", TLS_MAYBE, TLS_NOT },
	{ "80 2e 01 03", TLS_MAYBE, TLS_NOT },
	{ "80 00 00 01", TLS_NOT,
	    TLS_NOT },			/* Kerberos STARTTLS */
	{ "80 08 01 0301", TLS_NOT, TLS_NOT },			/* no room for a hello */
	{ "80 2e 04", TLS_NOT, TLS_NOT },
	{ "80 2e 01 0305", TLS_NOT, TLS_NOT },
	{ "80 2e 01 0001", TLS_NOT, TLS_NOT },
	{ "80 2e 01 02", TLS_NOT, TLS_NOT },
	{ "7f 2e 01 0301", TLS_NOT, TLS_NOT },
	/* what really comes instead */
	{ "45484c4f 20", TLS_NOT, TLS_NOT },			/* "EHLO " */
	{ "0d0a", TLS_NOT, TLS_NOT },
	{ "30 0c 02 01 01 60", TLS_NOT, TLS_NOT },		/* an LDAP bind */
};

static void
first_bytes_tell(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(looks_rows) / sizeof(looks_rows[0]); i++) {
		const struct looks_row *row = &looks_rows[i];
		struct bytes *bytes = bytes_of_hex(row->hex);
		struct span in = exact_new(bytes_span(bytes));

		assert_int_equal(tls_looks_like_client(in), row->client);
		assert_int_equal(tls_looks_like_server(in), row->server);
		for (size_t n = 0; n < in.n; n++) {
			enum tls_looks client = tls_looks_like_client(span_head(in, n));
			enum tls_looks server = tls_looks_like_server(span_head(in, n));

			assert_true(client == row->client || client == TLS_MAYBE);
			assert_true(server == row->server || server == TLS_MAYBE);
		}
		exact_free(in);
		bytes_free(bytes);
	}
}

static const struct alert_row {
	const char *hex;
	bool fatal;
	bool from_1_3;		/* once that is agreed on */
} alert_rows[] = {
	{ "15 0303 0002 0128", false, true },
	{ "15 0303 0002 015a", false, false },			/* user_canceled */
	{ "15 0303 0002 0228", true, true },
	{ "15 0301 0002 0100", false, false },			/* close_notify is a warning */
	{ "15 0303 0002 02", false, false },			/* one byte is still to come */
	{ "15 0303 0018 02280000 0000000000000000 0000000000000000 00000000", false, false },
	{ "16 0303 0002 0228", false, false },
};

static void
fatal_alerts_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(alert_rows) / sizeof(alert_rows[0]); i++) {
		struct bytes *bytes = bytes_of_hex(alert_rows[i].hex);
		struct tls_record record;

		assert_true(tls_record_read(bytes_span(bytes), &record) > 0);
		assert_int_equal(tls_record_is_fatal_alert(&record, 0), alert_rows[i].fatal);
		assert_int_equal(tls_record_is_fatal_alert(&record, 0x0303), alert_rows[i].fatal);
		assert_int_equal(tls_record_is_fatal_alert(&record, 0x0304),
		    alert_rows[i].from_1_3);
		bytes_free(bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read),
		cmocka_unit_test(first_bytes_tell),
		cmocka_unit_test(fatal_alerts_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
