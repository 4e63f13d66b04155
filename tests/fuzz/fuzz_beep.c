/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conversation_fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_conversation("beep", data, size);
	return 0;
}
