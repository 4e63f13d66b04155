/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SETTLE_H
#define SESSION_SETTLE_H

#include "words/flow.h"
#include "words/observation.h"

/*
 * At the end of a connection: what was not seen is false, where it would have
 * been seen. That takes a tap that heard the client from its first byte, lost
 * none, and knows that nothing more was said (flow_heard_out()). A secret or
 * content may only be known for what it is by the server's words before it, so
 * these, and TLS, take the server's side as well.
 */
void settle(struct observation *o, const struct flow *f);

#endif
