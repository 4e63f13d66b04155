/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_OBSERVED_H
#define TESTS_OBSERVED_H

/* Observations made by hand, for tests of what comes behind the wall. */

#include <string.h>

#include "base/clock.h"
#include "words/observation.h"

/* A whole SMTP session of that client with 198.51.100.25:25, on that day, final. */
static inline struct observation
observed(uint8_t client, int day)
{
	struct observation o = { .final = true, .serial = 1 };

	o.flow.tuple.addr[SIDE_CLIENT] = (struct address){ 4, { 192, 0, 2, client } };
	o.flow.tuple.addr[SIDE_SERVER] = (struct address){ 4, { 198, 51, 100, 25 } };
	o.flow.tuple.port[SIDE_CLIENT] = (uint16_t)(40000 + day);
	o.flow.tuple.port[SIDE_SERVER] = 25;
	o.flow.first.at_ns = (20000 + (int64_t)day) * CLOCK_DAY_NS;
	o.flow.last.at_ns = o.flow.first.at_ns + CLOCK_SECOND_NS;
	o.flow.id = flow_identifier(&o.flow.tuple, o.flow.first.at_ns);
	o.flow.phase = FLOW_CLOSED;
	o.flow.end = FLOW_FIN;
	o.flow.handshake = true;
	o.flow.packets[SIDE_CLIENT] = o.flow.packets[SIDE_SERVER] = 10;
	o.at = o.flow.last;
	memcpy(o.dialect, "smtp", sizeof("smtp"));
	o.traits = TRAIT_OFFER_STANDS;
	o.requested = o.established = FACT_FALSE;
	o.credentials = o.payload = FACT_FALSE;
	return o;
}

static inline struct observation
observed_offer(uint8_t client, int day)
{
	struct observation o = observed(client, day);

	o.offered = FACT_TRUE;
	o.listing_complete = true;
	o.upgrade = UPGRADE_OFFERED;
	return o;
}

static inline struct observation
observed_upgrade(uint8_t client, int day)
{
	struct observation o = observed_offer(client, day);

	o.requested = o.accepted = o.established = FACT_TRUE;
	o.answer = ANSWER_GRANTED;
	o.upgrade = UPGRADE_ACCEPTED;
	o.marked = UINT64_C(1) << MARK_CLIENT_HELLO | UINT64_C(1) << MARK_SERVER_HELLO;
	return o;
}

/* A whole listing without the offer, and mail in clear. */
static inline struct observation
observed_lack(uint8_t client, int day)
{
	struct observation o = observed(client, day);

	o.offered = FACT_FALSE;
	o.listing_complete = true;
	o.payload = FACT_TRUE;
	o.exposed[UPGRADE_UNOFFERED] = EXPOSED_PAYLOAD;
	return o;
}

/* The offer was taken up and that was the answer; perhaps the client then went on in clear. */
static inline struct observation
observed_refusal(enum answer answer, bool exposed)
{
	struct observation o = observed_offer(1, 1);

	o.requested = FACT_TRUE;
	o.accepted = FACT_FALSE;
	o.answer = answer;
	o.upgrade = UPGRADE_REFUSED;
	o.exposed[UPGRADE_REFUSED] = exposed ? EXPOSED_PAYLOAD : 0;
	return o;
}

#endif
