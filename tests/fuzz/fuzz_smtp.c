/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With LMTP, which is nearly the same, and elsewhere only if the port or the client says so. */
#include "conversation_fuzz.h"

extern const struct dialect dialect_lmtp, dialect_smtp;

const struct dialect *const dialect_table[] = { &dialect_lmtp, &dialect_smtp, NULL };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_conversation(dialect_smtp.ports[0], data, size);
	return 0;
}
