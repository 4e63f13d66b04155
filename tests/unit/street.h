/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_STREET_H
#define TESTS_STREET_H

/* Servers that live next to each other, and a stranger who moves in. */

#include "unit.h"

#include "judge/baseline.h"
#include "observed.h"

enum { STRANGER = 77, LATER = 30 };

/* The same session, with another host of 198.51.100.0/24. */
static inline struct observation
at_host(struct observation o, uint8_t host)
{
	o.flow.tuple.addr[SIDE_SERVER].bytes[3] = host;
	o.flow.id = flow_identifier(&o.flow.tuple, o.flow.first.at_ns);
	return o;
}

static inline struct baseline *
fresh(void)
{
	struct err e;
	struct baseline *b = baseline_new(64, 64, &e);

	assert_non_null(b);
	return b;
}

static inline void
learn(struct baseline *b, struct observation o)
{
	baseline_learn(b, &o);
}

/* So many servers of the network do TLS, the first of them on a second day as well. */
static inline void
learn_network(struct baseline *b, uint8_t count)
{
	for (uint8_t host = 1; host <= count; host++)
		learn(b, at_host(observed_upgrade(1, 1), host));
	learn(b, at_host(observed_upgrade(1, 2), 1));
}

static inline struct history
look(struct baseline *b, struct observation o)
{
	return baseline_look(b, &o);
}

static inline struct observation
stranger(void)
{
	return at_host(observed_lack(9, LATER), STRANGER);
}

#endif
