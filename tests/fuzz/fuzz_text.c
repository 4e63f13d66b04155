/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the wire says, what we write of it is UTF-8, bounded and without control bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The first byte chooses the room, so that every cut of the dots is met. */
	size_t room = size > 0 ? 1 + data[0] % 64 : 1;
	char text[64];
	size_t length = text_escape(text, room, span_of(data, size));

	if (length >= room || strlen(text) != length || !text_is_utf8(span_text(text)))
		abort();
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			abort();
	}
	return 0;
}
