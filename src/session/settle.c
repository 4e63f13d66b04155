/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session/settle.h"

/* Would TLS have begun by now, if ever? Once it was asked for, that takes no five minutes. */
static bool
tls_is_overdue(const struct observation *o, const struct flow *f)
{
	bool expected = o->requested == FACT_TRUE && o->accepted != FACT_FALSE;

	return flow_heard_out(f, expected ? FLOW_ANSWER_NS : FLOW_COMMAND_NS);
}

void
settle(struct observation *o, const struct flow *f)
{
	bool client = f->handshake && f->packets[SIDE_CLIENT] > 0 &&
	    f->gap_bytes[SIDE_CLIENT] == 0 && !o->client_lost;
	bool whole = client && flow_seen_whole(f) && !o->lost_sync;
	bool heard_out = flow_heard_out(f, FLOW_COMMAND_NS);

	if (o->dialect[0] == '\0' && !o->implicit)
		return;
	if (o->requested == FACT_UNKNOWN && client && heard_out)
		o->requested = FACT_FALSE;
	if (o->credentials == FACT_UNKNOWN && whole && heard_out &&
	    (o->traits & TRAIT_SECRETS_UNSEEN) == 0)
		o->credentials = FACT_FALSE;
	if (o->payload == FACT_UNKNOWN && whole && heard_out)
		o->payload = FACT_FALSE;
	if (o->established == FACT_UNKNOWN && whole && tls_is_overdue(o, f) &&
	    !observation_has(o, MARK_SERVER_HELLO))
		o->established = FACT_FALSE;
}
