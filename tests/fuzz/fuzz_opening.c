/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose is it? Any conversation on any port, which the first two bytes are, with
 * all dialects asked behind each piece, which the targets of single ones are not.
 */
#include "conversation_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	uint16_t port;

	if (span_be16(&in, &port))
		fuzz_conversation(port, in.p, in.n);
	return 0;
}
