/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be expected of a server that nobody has seen, and when nothing may. */
#include "unit.h"

#include <stdio.h>

#include "judge/registrable.h"
#include "street.h"

static struct observation
called(struct observation o, const char *name)
{
	snprintf(o.server_name, sizeof(o.server_name), "%s", name);
	return o;
}

static void
three_that_agree_for_a_day_speak_for_a_stranger(void **state)
{
	struct baseline *b = fresh();
	struct history h;

	(void)state;
	learn_network(b, 2);
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	learn(b, at_host(observed_upgrade(1, 2), 3));
	h = look(b, stranger());
	assert_int_equal(h.neighbours_known, 3);
	assert_string_equal(h.neighbours, "198.51.100.0/24");
	assert_int_equal(h.sessions, 0);
	assert_int_equal(h.strength, STRENGTH_NONE);
	baseline_free(&b);

	/* on the first day nobody knows yet who else is there */
	b = fresh();
	for (uint8_t host = 1; host <= 9; host++)
		learn(b, at_host(observed_upgrade(1, 1), host));
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	baseline_free(&b);
}

static void
one_offer_of_each_is_too_cheap(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	for (uint8_t host = 1; host <= 9; host++)
		learn(b, at_host(observed_offer(1, host), host));
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	baseline_free(&b);
}

static void
one_that_goes_without_silences_all(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn_network(b, 9);
	learn(b, at_host(observed_lack(2, 3), 50));
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	/* it was set up in the meantime, or its first session had been stripped */
	learn(b, at_host(observed_upgrade(3, 4), 50));
	assert_int_equal(look(b, stranger()).neighbours_known, 4);
	baseline_free(&b);
}

static void
one_known_for_tls_contradicts_once_it_is_believed(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn_network(b, 9);
	learn(b, at_host(observed_lack(2, 3), 1));
	assert_int_equal(look(b, stranger()).neighbours_known, 4);
	learn(b, at_host(observed_lack(3, 4), 1));
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	baseline_free(&b);
}

static void
other_ports_protocols_and_networks_are_others(void **state)
{
	struct baseline *b = fresh();
	struct observation port = stranger(), dialect = port, network = port;

	(void)state;
	learn_network(b, 9);
	port.flow.tuple.port[SIDE_SERVER] = 587;
	snprintf(dialect.dialect, sizeof(dialect.dialect), "lmtp");
	network.flow.tuple.addr[SIDE_SERVER].bytes[2]++;
	assert_int_equal(look(b, port).neighbours_known, 0);
	assert_int_equal(look(b, dialect).neighbours_known, 0);
	assert_int_equal(look(b, network).neighbours_known, 0);
	assert_int_equal(look(b, stranger()).neighbours_known, 4);
	baseline_free(&b);
}

static void
who_was_seen_speaks_for_himself(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn_network(b, 9);
	/* offered once: known, and not yet expected to */
	learn(b, at_host(observed_offer(2, 3), STRANGER));
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	baseline_free(&b);
}

static void
old_knowledge_fades(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn_network(b, 9);
	assert_int_equal(look(b, at_host(observed_lack(9, 92), STRANGER)).neighbours_known, 4);
	assert_int_equal(look(b, at_host(observed_lack(9, 94), STRANGER)).neighbours_known, 0);
	baseline_free(&b);
}

/* Six addresses that have nothing in common but how they are called. */
static void
learn_provider(struct baseline *b, const char *domain)
{
	for (uint8_t i = 1; i <= 6; i++) {
		struct observation o = observed_upgrade(1, i);
		char name[64];

		o.flow.tuple.addr[SIDE_SERVER].bytes[1] = i;
		snprintf(name, sizeof(name), "mx%u.%s", i, domain);
		learn(b, called(o, name));
	}
}

static void
a_provider_is_known_by_its_name(void **state)
{
	struct baseline *b = fresh();
	struct history h;

	(void)state;
	learn_provider(b, "in.provider.example");
	h = look(b, called(stranger(), "MX7.OUT.Provider.Example"));
	assert_int_equal(h.neighbours_known, 4);
	assert_string_equal(h.neighbours, "provider.example");
	assert_int_equal(look(b, called(stranger(), "mx.other.example")).neighbours_known, 0);
	assert_int_equal(look(b, stranger()).neighbours_known, 0);
	/* the name promises, the network contradicts */
	learn(b, at_host(observed_lack(2, 7), 50));
	assert_int_equal(look(b, called(stranger(), "mx7.provider.example")).neighbours_known, 0);
	baseline_free(&b);
}

/* A site's only machine may have many addresses. */
static void
learn_site(struct baseline *b, const char *name)
{
	for (uint8_t i = 1; i <= 6; i++) {
		struct observation o = observed_upgrade(1, i);

		o.flow.tuple.addr[SIDE_SERVER].bytes[1] = i;
		learn(b, called(o, name));
	}
}

static void
a_site_is_no_provider(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn_site(b, "site.example");
	assert_int_equal(look(b, called(stranger(), "site.example")).neighbours_known, 0);
	baseline_free(&b);
}

static void
names_that_anybody_has_are_nobodys(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	learn_provider(b, "localdomain");
	assert_int_equal(look(b, called(stranger(), "mx9.localdomain")).neighbours_known, 0);
	baseline_free(&b);
}

static void
one_address_is_one_server_however_it_calls_itself(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	for (int i = 1; i <= 9; i++) {
		char name[64];

		snprintf(name, sizeof(name), "mx%d.provider.example", i);
		learn(b, called(observed_upgrade(1, i), name));
	}
	assert_int_equal(look(b, called(stranger(), "mx.provider.example")).neighbours_known, 0);
	baseline_free(&b);
}

static void
registrable_names(void **state)
{
	static const struct {
		const char *name, *registrable;	/* NULL: none */
	} rows[] = {
		{ "mx3.in.provider.example", "provider.example" },
		{ "Provider.Example", "provider.example" },
		{ "mx.provider.co.uk", "provider.co.uk" },
		{ "co.uk", NULL }, { "example", NULL }, { "", NULL }, { ".", NULL },
		{ ".example", NULL }, { "mx.provider.example.", NULL },
		{ "192.0.2.1", NULL }, { "[192.0.2.1]", NULL }, { "2001:db8::1", NULL },
		{ "mx.site.local", NULL }, { "localhost.localdomain", NULL },
		{ "host.home.arpa", NULL }, { "a b.example", NULL },
		{ "\\xc3\\xa4.provider.example", NULL },
	};
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool is = registrable_name(rows[i].name, name, sizeof(name));

		if (is != (rows[i].registrable != NULL) ||
		    (is && strcmp(name, rows[i].registrable) != 0))
			fail_msg("%s: %s", rows[i].name, is ? name : "none");
	}
	assert_false(registrable_name("averyveryverylongname.example", name, 16));
}

static void
ipv6_networks_have_48_bits(void **state)
{
	struct baseline *b = fresh();
	struct observation o = observed_lack(9, LATER);
	struct address *a = &o.flow.tuple.addr[SIDE_SERVER];

	(void)state;
	for (int i = 1; i <= 4; i++) {
		struct observation up = observed_upgrade(1, i);
		char text[ADDRESS_TEXT_SIZE];

		snprintf(text, sizeof(text), "2001:db8:77:%d::25", i);
		assert_true(address_parse(text, &up.flow.tuple.addr[SIDE_SERVER]));
		learn(b, up);
	}
	assert_true(address_parse("2001:db8:77:ffff::1", a));
	assert_string_equal(look(b, o).neighbours, "2001:db8:77::/48");
	assert_true(address_parse("2001:db8:78::1", a));
	assert_int_equal(look(b, o).neighbours_known, 0);
	baseline_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_that_agree_for_a_day_speak_for_a_stranger),
		cmocka_unit_test(one_offer_of_each_is_too_cheap),
		cmocka_unit_test(one_that_goes_without_silences_all),
		cmocka_unit_test(one_known_for_tls_contradicts_once_it_is_believed),
		cmocka_unit_test(other_ports_protocols_and_networks_are_others),
		cmocka_unit_test(who_was_seen_speaks_for_himself),
		cmocka_unit_test(old_knowledge_fades),
		cmocka_unit_test(a_provider_is_known_by_its_name),
		cmocka_unit_test(a_site_is_no_provider),
		cmocka_unit_test(names_that_anybody_has_are_nobodys),
		cmocka_unit_test(one_address_is_one_server_however_it_calls_itself),
		cmocka_unit_test(registrable_names),
		cmocka_unit_test(ipv6_networks_have_48_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
