/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_EVIDENCE_SENDER_H
#define SENSOR_EVIDENCE_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "evidence/evidence.h"
#include "run/channel.h"

/* A worker's part in evidence: it answers the judge, piece by piece, while there is room. */
struct evidence_sender {
	struct evidence *evidence;	/* NULL: none is kept */
	int channel;
	uint64_t flow_id;
	struct span file;		/* that is being sent, ours; or empty */
	size_t sent;
	struct channel_room room;
};

/* Hear what is asked for, a few at a time; true when something was. */
bool evidence_sender_hear(struct evidence_sender *s);

/* Send what is due, as far as there is room now. */
void evidence_sender_work(struct evidence_sender *s);

/* Is it in the midst of a file, with no room for more of it? */
bool evidence_sender_waits(const struct evidence_sender *s);

#endif
