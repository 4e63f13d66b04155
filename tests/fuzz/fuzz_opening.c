/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose is it? Any conversation on any port, with all dialects asked behind each
 * piece, which the targets of single ones are not.
 */
#include "conversation_fuzz.h"

enum { NOBODYS_PORT = 9999 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_conversation(NOBODYS_PORT, data, size);
	return 0;
}
