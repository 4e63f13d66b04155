/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conversation_fuzz.h"

/* All dialects may be in its tunnels. */
extern const struct dialect dialect_http;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_conversation(dialect_http.ports[0], data, size);
	return 0;
}
