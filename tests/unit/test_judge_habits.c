/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts that rest on what a server used to do: certificates, versions, demands, mechanisms. */
#include "unit.h"

#include <stdio.h>

#include "court.h"

static struct observation
with_certificate(uint8_t client, int day, const char *key, const char *issuer,
    const char *subject)
{
	struct observation o = observed_upgrade(client, day);
	struct tls_certificate *cert = &o.tls.certificate;

	snprintf(cert->spki_sha256, sizeof(cert->spki_sha256), "%s", key);
	snprintf(cert->issuer, sizeof(cert->issuer), "%s", issuer);
	snprintf(cert->subject, sizeof(cert->subject), "%s", subject);
	cert->self_signed = strcmp(issuer, subject) == 0;
	o.flow.id += (uint64_t)client << 40;
	return o;
}

static void
a_renewed_certificate_is_no_alert_but_a_home_made_one_is(void **state)
{
	struct court *c = *state;

	see(c, with_certificate(1, 1, "a", "CN=R3", "CN=mx.example"));
	see(c, with_certificate(2, 2, "a", "CN=R3", "CN=mx.example"));
	see(c, with_certificate(1, 3, "b", "CN=R3", "CN=mx.example"));
	see(c, with_certificate(1, 4, "c", "CN=R10", "CN=mx.example"));
	assert_int_equal(c->heard.alerts, 0);
	see(c, with_certificate(1, 5, "d", "CN=mx.example", "CN=mx.example"));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CERT_CHANGED);
	/* once for a server and day */
	see(c, with_certificate(2, 5, "d", "CN=mx.example", "CN=mx.example"));
	assert_int_equal(c->heard.alerts, 1);
	see(c, with_certificate(1, 6, "e", "CN=Other", "CN=elsewhere.example"));
	assert_int_equal(c->heard.alerts, 2);
}

static void
a_version_that_goes_far_down_is_told(void **state)
{
	struct court *c = *state;
	struct observation o = observed_upgrade(1, 1);

	memcpy(o.tls.ja4, "x", 2);
	memcpy(o.tls.ja3s, "y", 2);
	o.tls.version = 0x0304;
	see(c, o);
	o.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 2;
	o.flow.first.at_ns += CLOCK_DAY_NS;
	see(c, o);
	o.flow.id++;
	o.tls.version = 0x0303;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.findings[0].technique,
	    TECHNIQUE_TLS_VERSION_DOWNGRADE);
	o.flow.id++;
	o.tls.version = 0x0301;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.last.verdict.proof, PROOF_HISTORY);
}

static void
a_version_pushed_down_is_told_though_the_client_leaves(void **state)
{
	struct court *c = *state;
	struct observation o = observed_upgrade(1, 1);

	o.tls.downgrade_sentinel = true;
	o.established = FACT_FALSE;
	see(c, o);
	assert_int_equal(c->heard.technique, TECHNIQUE_TLS_VERSION_DOWNGRADE);
}

static void
a_demand_that_is_gone_is_told(void **state)
{
	struct court *c = *state;
	struct observation o = observed_upgrade(1, 1);

	o.listing_demands = true;
	see(c, o);
	o.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 2;
	o.flow.first.at_ns += CLOCK_DAY_NS;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.flow.id++;
	o.listing_demands = false;
	see(c, o);
	/* who has TLS all the same lost nothing */
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(c->heard.last.verdict.findings[0].technique,
	    TECHNIQUE_POLICY_TOKEN_STRIPPED);
	o.flow.id++;
	o.exposed[UPGRADE_OFFERED] = EXPOSED_PAYLOAD;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_POLICY_TOKEN_STRIPPED);
}

/* IRC servers send clients to another port, and many never offered TLS on this one. */
static void
a_demand_without_an_offer_counts_too(void **state)
{
	struct court *c = *state;
	struct observation o = observed_lack(1, 1);

	o.listing_demands = true;
	see(c, o);
	o.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 2;
	o.flow.first.at_ns += CLOCK_DAY_NS;
	see(c, o);
	o.flow.id++;
	/* what a greeting lists is less than all */
	o.listing_demands = false;
	o.listing_in_greeting_only = true;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.flow.id++;
	o.listing_in_greeting_only = false;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_POLICY_TOKEN_STRIPPED);
}

static void
weaker_mechanisms_are_told(void **state)
{
	struct court *c = *state;
	struct observation o = observed_offer(1, 1);

	o.mechanisms_known = true;
	o.mechanisms = MECHANISM_STRONG;
	see(c, o);
	o.flow.tuple.addr[SIDE_CLIENT].bytes[3] = 2;
	o.flow.first.at_ns += CLOCK_DAY_NS;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.flow.id++;
	o.mechanisms_known = true;
	o.mechanisms = MECHANISM_STRONG | MECHANISM_CLEAR;
	o.established = FACT_TRUE;
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	o.flow.id++;
	o.established = FACT_FALSE;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_SASL_DOWNGRADE);
}

static void
who_else_is_offered_makes_it_surer(void **state)
{
	struct court *c = *state;
	unsigned alone, everybody;

	for (int day = 1; day <= 3; day++) {
		see(c, observed_upgrade(1, day));
		see(c, observed_upgrade(2, day));
	}
	see(c, observed_lack(1, 5));
	alone = c->heard.last.verdict.confidence;
	assert_int_equal(c->heard.last.verdict.expected_by, EXPECTED_BY_HISTORY);
	see(c, observed_lack(2, 6));
	see(c, observed_lack(3, 6));
	everybody = c->heard.last.verdict.confidence;
	see(c, observed_offer(4, 7));
	see(c, observed_lack(1, 7));
	assert_int_equal(c->heard.last.verdict.expected_by, EXPECTED_BY_PEER);
	assert_true(everybody < alone && alone < c->heard.last.verdict.confidence);
}

/* Whoever rewrites the greeting must not become a stranger by that, only a little less certain. */
static void
another_name_costs_a_little_confidence(void **state)
{
	struct court *c = *state;
	struct observation same = observed_lack(1, 5), other;
	unsigned sure;

	for (int day = 1; day <= 3; day++) {
		struct observation o = observed_upgrade((uint8_t)day, day);

		memcpy(o.server_name, "mx.example", sizeof("mx.example"));
		see(c, o);
	}
	memcpy(same.server_name, "mx.example", sizeof("mx.example"));
	see(c, same);
	assert_int_equal(c->heard.severity, 1);
	sure = c->heard.last.verdict.confidence;
	other = observed_lack(2, 6);
	memcpy(other.server_name, "relay.example", sizeof("relay.example"));
	see(c, other);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.severity, 1);
	assert_in_range(c->heard.last.verdict.confidence, sure - 10, sure - 1);
	/* that others find the offer right now makes it surer under any name */
	see(c, observed_offer(4, 7));
	other = observed_lack(1, 7);
	memcpy(other.server_name, "mta.example", sizeof("mta.example"));
	see(c, other);
	assert_in_range(c->heard.last.verdict.confidence, sure, 100);
}

static struct observation
tunnelled(struct observation o, uint64_t to)
{
	o.tunnel_to = to;
	memcpy(o.server_name, "mx.example", sizeof("mx.example"));
	return o;
}

/* A server behind a proxy is known by its tunnel, and by no name: it has no members, either. */
static void
a_tunnel_is_one_server_whatever_its_name(void **state)
{
	struct court *c = *state;
	struct observation proxy = observed_lack(1, 6);
	unsigned sure;

	for (int day = 1; day <= 3; day++)
		see(c, observed_upgrade((uint8_t)day, day));
	see(c, observed_lack(1, 5));
	sure = c->heard.last.verdict.confidence;
	proxy.flow.tuple.port[SIDE_SERVER] = 1080;
	for (int day = 1; day <= 3; day++) {
		struct observation o = tunnelled(observed_upgrade((uint8_t)day, day), 7);

		o.flow.tuple.port[SIDE_SERVER] = 1080;
		see(c, o);
	}
	see(c, proxy);
	assert_int_equal(c->heard.alerts, 1);
	proxy = tunnelled(proxy, 7);
	proxy.flow.tuple.port[SIDE_CLIENT]++;
	proxy.flow.id++;
	see(c, proxy);
	assert_int_equal(c->heard.alerts, 2);
	assert_int_equal(c->heard.last.verdict.confidence, sure);
}

/* A session in which only the greeting lists something, and the client looked nowhere else. */
static struct observation
greeted(uint8_t client, int day, bool offer)
{
	struct observation o = offer ? observed_upgrade(client, day) : observed_lack(client, day);

	o.listing_in_greeting_only = true;
	o.greeting_offers = fact_of(offer);
	o.flow.id += (uint64_t)client << 40;
	return o;
}

static void
an_offer_gone_from_the_greeting_is_told(void **state)
{
	struct court *c = *state;

	struct observation probe = greeted(3, 2, false);

	probe.credentials = probe.payload = FACT_FALSE;
	memset(probe.exposed, 0, sizeof(probe.exposed));
	see(c, greeted(1, 1, true));
	/* who leaves without a word has lost nothing */
	see(c, probe);
	assert_int_equal(c->heard.alerts, 0);
	see(c, greeted(1, 2, false));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
	/* once two clients have found so on two days, it is how the server is */
	see(c, greeted(2, 3, false));
	assert_int_equal(c->heard.alerts, 2);
	see(c, greeted(1, 4, false));
	assert_int_equal(c->heard.alerts, 2);
}

static void
a_greeting_that_never_offered_is_a_short_one(void **state)
{
	struct court *c = *state;
	struct observation o = observed_upgrade(1, 1);

	o.greeting_offers = FACT_FALSE;
	see(c, o);
	/* it denies nothing either */
	see(c, greeted(1, 2, false));
	see(c, greeted(2, 3, false));
	assert_int_equal(c->heard.alerts, 0);
	see(c, observed_lack(1, 4));
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
}

static void
what_the_greeting_used_to_list_may_be_learnt_later(void **state)
{
	struct court *c = *state;
	struct err e;

	see(c, greeted(1, 1, false));
	see(c, greeted(2, 2, true));
	assert_int_equal(c->heard.alerts, 0);
	assert_int_equal(judge_finish(c->judge, &e), 0);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_STRIPPED);
}

static void
helo_alone_is_told_of_a_client_that_always_asked(void **state)
{
	struct court *c = *state;
	struct observation o = observed(1, 3);

	o.marked = UINT64_C(1) << MARK_HELO_ONLY;
	o.payload = FACT_TRUE;
	o.exposed[UPGRADE_UNOFFERED] = EXPOSED_PAYLOAD;
	/* once is no habit: it may have been another program at that address */
	see(c, observed_upgrade(1, 1));
	see(c, o);
	assert_int_equal(c->heard.alerts, 0);
	see(c, observed_upgrade(1, 4));
	o.flow.first.at_ns += 2 * CLOCK_DAY_NS;
	o.flow.id++;
	see(c, o);
	assert_int_equal(c->heard.alerts, 1);
	assert_int_equal(c->heard.technique, TECHNIQUE_CAP_CMD_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_COURT(a_renewed_certificate_is_no_alert_but_a_home_made_one_is),
		IN_COURT(a_version_that_goes_far_down_is_told),
		IN_COURT(a_version_pushed_down_is_told_though_the_client_leaves),
		IN_COURT(a_demand_that_is_gone_is_told),
		IN_COURT(a_demand_without_an_offer_counts_too),
		IN_COURT(weaker_mechanisms_are_told),
		IN_COURT(who_else_is_offered_makes_it_surer),
		IN_COURT(another_name_costs_a_little_confidence),
		IN_COURT(a_tunnel_is_one_server_whatever_its_name),
		IN_COURT(an_offer_gone_from_the_greeting_is_told),
		IN_COURT(a_greeting_that_never_offered_is_a_short_one),
		IN_COURT(helo_alone_is_told_of_a_client_that_always_asked),
		IN_COURT(what_the_greeting_used_to_list_may_be_learnt_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
