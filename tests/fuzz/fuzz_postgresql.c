/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conversation_fuzz.h"

extern const struct dialect dialect_postgresql;

const struct dialect *const dialect_table[] = { &dialect_postgresql, NULL };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_conversation(dialect_postgresql.ports[0], data, size);
	return 0;
}
