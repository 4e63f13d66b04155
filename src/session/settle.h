/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SETTLE_H
#define SESSION_SETTLE_H

#include "words/flow.h"
#include "words/observation.h"

/* At the end of a connection: what was not seen is false now, where it would have been seen. */
void settle(struct observation *o, const struct flow *f);

#endif
