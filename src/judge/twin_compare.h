/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_TWIN_COMPARE_H
#define JUDGE_TWIN_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "words/observation.h"
#include "words/verdict.h"

/* What is kept of a session to be held against its counterpart at another tap. */
struct twin_side {
	uint64_t flow_id;		/* 0: empty */
	uint64_t serial;		/* of all that are remembered: who came later */
	uint64_t tuple_hash;
	int64_t first_ns, last_ns;
	uint32_t initial_seq[2];
	struct address client;
	uint64_t client_name_hash;	/* 0 = none */
	uint64_t payload_hash;		/* of the first command that moved content; 0 = none */
	uint64_t client_random_hash;
	uint64_t certificate_hash;	/* 0 = not seen */
	enum fact offered, requested, accepted, established;
	char reply[REPLY_SIZE];
	uint8_t tap;
	uint64_t marked;
	bool reset_by[2];
	bool handshake;
	bool unbroken;			/* seen from its beginning and without a hole, so far */
	bool whole;			/* ... and to its end: absence means something */
	bool in_clear;			/* a secret or content crossed in clear */
};

void twin_side_of(const struct observation *seen, struct twin_side *side_r);

/* Only what both taps saw well enough is compared. */
struct twin twin_compare(const struct twin_side *mine, const struct twin_side *other);

#endif
