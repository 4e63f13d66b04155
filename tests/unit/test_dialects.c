/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every dialect says of itself holds: its size, its words, and the techniques it can tell. */
#include "unit.h"

#include <stdio.h>

#include "dialect/dialect.h"
#include "judge/applicable.h"
#include "stream/ports.h"
#include "transcripts.h"

static void
dialects_are_complete(void **state)
{
	(void)state;
	for (const struct dialect *const *p = dialect_table; *p != NULL; p++) {
		const struct dialect *d = *p;

		if (d->request == NULL || d->grant == NULL)
			print_error("%s does not say how TLS is asked for, or granted\n", d->name);
		assert_non_null(d->request);
		assert_non_null(d->grant);
		assert_non_null(d->rfcs);
		assert_non_null(d->probe);
		assert_non_null(d->feed);
		assert_non_null(d->gap);
		assert_true(d->ports[0] != 0);
		assert_true(d->state_size <= DIALECT_STATE_MAX);
		assert_true(strlen(d->name) < DIALECT_NAME_SIZE);
		assert_true((d->offer == NULL) == ((d->traits & TRAIT_NO_LISTING) != 0));
		assert_ptr_equal(dialect_by_name(d->name), d);
	}
}

static void
ports_belong_to_one_dialect(void **state)
{
	(void)state;
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		for (int i = 0; i < DIALECT_PORTS_MAX && (*d)->ports[i] != 0; i++)
			assert_ptr_equal(dialect_by_port((*d)->ports[i]), *d);
		for (int i = 0; i < DIALECT_PORTS_MAX && (*d)->implicit_ports[i] != 0; i++)
			assert_ptr_equal(dialect_by_implicit_port((*d)->implicit_ports[i]), *d);
	}
}

/* Connections whose beginning nobody saw have their sides by that. */
static void
ports_are_known_for_servers(void **state)
{
	(void)state;
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		for (int i = 0; i < DIALECT_PORTS_MAX; i++) {
			const uint16_t clear = (*d)->ports[i], tls = (*d)->implicit_ports[i];

			assert_true(clear == 0 || ports_guess_side(clear, 1025) == SIDE_SERVER);
			assert_true(tls == 0 || ports_guess_side(tls, 1025) == SIDE_SERVER);
		}
	}
}

static void
techniques_that_are_told_exist(void **state)
{
	(void)state;
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		const char *id = (*d)->tells;

		while (id != NULL && *id != '\0') {
			size_t n = strcspn(id, " ");
			char word[64];

			snprintf(word, sizeof(word), "%.*s", (int)n, id);
			if (technique_by_id(word) == TECHNIQUE_NONE)
				print_error("%s: %s\n", (*d)->name, word);
			assert_int_not_equal(technique_by_id(word), TECHNIQUE_NONE);
			assert_true(technique_applies(technique_by_id(word), *d));
			id += n + strspn(id + n, " ");
		}
	}
}

/* Who says no is not waited for: else it would matter how TCP cut an opening. */
static unsigned
takes_no_back(const struct dialect *d, struct span said)
{
	struct opening o = { .first = SIDE_CLIENT, .more = { true, true } };
	bool no = false;

	for (size_t n = 1; n <= said.n; n++) {
		enum probe probe;

		o.said[SIDE_CLIENT] = span_head(said, n);
		probe = d->probe(&o);
		if (no && probe != PROBE_NO) {
			print_error("%s: %.*s\n", d->name, (int)n, (const char *)said.p);
			return 1;
		}
		no = probe == PROBE_NO;
	}
	return 0;
}

static void
no_stays_no(void **state)
{
	static const char *const openings[] = {
		"\006\361 CAPABILITY\r\n",
		"\r\na1 CAPABILITY\r\n",
		"\r\nCAPABILITIES\r\n",
		"HELP\r\nCAPABILITIES\r\n",
	};
	/* MySQL's login, longer than any of its old form */
	static const uint8_t login[] = { 0, 8, 0, 1, 0x85, 0xa6, [39] = 0, 'a', 'n', 'n', 0 };
	unsigned wrong = 0;

	(void)state;
	for (const struct dialect *const *d = dialect_table; *d != NULL; d++) {
		for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
			wrong += takes_no_back(*d, span_text(openings[i]));
		wrong += takes_no_back(*d, span_of(login, sizeof(login)));
	}
	assert_int_equal(wrong, 0);
}

/* A transcript that leads to a technique proves that it applies. */
static unsigned
applies(const struct row *row)
{
	const char *id = row_wants(row, "technique"), *name = row_wants(row, "dialect");
	const struct dialect *d = dialect_by_name(name != NULL ? name : row->dialect);

	if (id == NULL || d == NULL || strcmp(id, "none") == 0 ||
	    technique_applies(technique_by_id(id), d))
		return 0;
	print_error("%s:%u: %s is said not to apply to %s\n", row->file, row->line, id, d->name);
	return 1;
}

static void
techniques_seen_apply(void **state)
{
	(void)state;
	transcripts_check(applies);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialects_are_complete),
		cmocka_unit_test(ports_belong_to_one_dialect),
		cmocka_unit_test(ports_are_known_for_servers),
		cmocka_unit_test(techniques_that_are_told_exist),
		cmocka_unit_test(no_stays_no),
		cmocka_unit_test(techniques_seen_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
