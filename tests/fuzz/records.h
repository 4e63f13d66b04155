/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_RECORDS_H
#define TESTS_FUZZ_RECORDS_H

/*
 * The input of a target that plays a conversation: records, each of how it is
 * sent, how many bytes follow (two bytes), and these.
 *
 * libFuzzer knows nothing of that: a byte that it adds makes all records behind it
 * others. So records.c has a mutator that changes one record, or their order, and
 * counts again (LLVMFuzzerCustomMutator, LLVMFuzzerCustomCrossOver).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum record_how {
	RECORD_SERVER = 1,	/* from the server, else from the client */
	RECORD_MISSING = 2,	/* so many bytes were never seen */
	RECORD_LATE = 4,	/* half a minute after what was before it */
	RECORD_PORT = 8,	/* the first one: no bytes are sent, they are the server's port */
	RECORD_UNDER_WAY = 16,	/* the first one: the handshake was not seen */
	RECORD_RESET = 32,	/* in the end there is a reset */
};

struct record {
	uint8_t how;		/* of enum record_how */
	struct span bytes;	/* in the input */
};

/* The next record of the input; false at its end. The last one may be cut short. */
bool record_next(struct span *in, struct record *record_r);

#endif
