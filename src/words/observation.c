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
observation_seen_whole(const struct observation *o)
{
	return flow_seen_whole(&o->flow) && !o->lost_sync;
}

bool
observation_handshake_failed(const struct observation *o)
{
	return observation_has(o, MARK_CLIENT_HELLO) &&
	    (!observation_has(o, MARK_SERVER_HELLO) || observation_has(o, MARK_TLS_DAMAGED));
}
