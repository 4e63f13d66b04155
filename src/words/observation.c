/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/observation.h"

#include <stddef.h>

const struct mark *
observation_mark(const struct observation *o, enum mark_kind kind)
{
	for (unsigned i = 0; i < o->mark_count; i++) {
		if (o->marks[i].kind == kind)
			return &o->marks[i];
	}
	return NULL;
}

bool
observation_exposed_anywhere(const struct observation *o)
{
	for (int u = 0; u < UPGRADES; u++) {
		if (observation_exposed(o, (enum upgrade)u))
			return true;
	}
	return false;
}

bool
observation_seen_whole(const struct observation *o)
{
	return flow_seen_whole(&o->flow) && !o->lost_sync;
}

bool
observation_nothing_came(const struct observation *o)
{
	return o->final && observation_seen_whole(o) && flow_heard_out(&o->flow, FLOW_ANSWER_NS);
}

bool
observation_server_broke_off(const struct observation *o)
{
	const struct mark *alert = observation_mark(o, MARK_TLS_ALERT);

	/* of one for which there was no room it may be */
	return observation_has(o, MARK_SERVER_HELLO) && observation_has(o, MARK_TLS_ALERT) &&
	    (alert == NULL || alert->from == SIDE_SERVER);
}

bool
observation_handshake_failed(const struct observation *o)
{
	if (!observation_has(o, MARK_CLIENT_HELLO))
		return false;
	if (observation_has(o, MARK_SERVER_HELLO))
		return observation_has(o, MARK_TLS_DAMAGED) ||
		    observation_has(o, MARK_TLS_RESET);
	if (observation_has(o, MARK_TLS_ALERT))
		return true;
	/* it may lie in the hole */
	if (o->flow.gap_bytes[SIDE_SERVER] > 0)
		return false;
	return observation_has(o, MARK_TLS_GARBAGE) || observation_has(o, MARK_TLS_RESET) ||
	    observation_nothing_came(o);
}
