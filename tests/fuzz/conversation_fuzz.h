/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CONVERSATION_FUZZ_H
#define TESTS_CONVERSATION_FUZZ_H

/*
 * The body of a dialect's fuzz target: any bytes become what two sides say on
 * that dialect's port, in records (records.h). Beside the sanitizers, everything
 * is played twice, as it came and in pieces (cuts.h), and must lead to the same.
 *
 * Most targets bring a dialect_table with that dialect alone. To ask all others
 * as well takes four times as long; fuzz_opening.c does it, for all of them.
 *
 * And no secret may leave: "s3cr3t", said by anybody once the client has spoken,
 * must be in no text of what was seen.
 */
#include <stddef.h>
#include <stdint.h>

#include "dialect/dialect.h"
#include "fuzz.h"

/* Plays the input on that port, unless it names another. Aborts where something does not hold. */
void fuzz_conversation(uint16_t port, const uint8_t *data, size_t size);

#endif
