/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "octets.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tls_bytes.h"

static bool write_until(const char **text, char end, struct buffer *out);

static void
put(struct buffer *out, const void *bytes, size_t n)
{
	if (!buffer_add(out, span_of(bytes, n), SIZE_MAX))
		abort();
}

static void
put_number(struct buffer *out, size_t value, unsigned bytes, bool big_endian)
{
	for (unsigned i = 0; i < bytes; i++) {
		unsigned at = big_endian ? bytes - 1 - i : i;
		uint8_t byte = (uint8_t)(value >> 8 * at);

		put(out, &byte, 1);
	}
}

static void
put_ber_length(struct buffer *out, size_t n)
{
	if (n > 0xff)
		put(out, "\x82", 1);
	else if (n > 0x7f)
		put(out, "\x81", 1);
	put_number(out, n, n > 0xff ? 2 : 1, true);
}

/* "be4+4(": how the length of what is in the parentheses is written. */
static bool
counted(const char **text, struct buffer *out)
{
	bool big_endian = strncmp(*text, "be", 2) == 0;
	unsigned bytes = (unsigned)((*text)[2] - '0');
	struct buffer inside = { 0 };
	char *end;
	long more = 0;

	if (bytes < 1 || bytes > 4)
		return false;
	*text += 3;
	if (**text != '(') {
		more = strtol(*text, &end, 10);
		*text = end;
	}
	if (*(*text)++ != '(' || !write_until(text, ')', &inside)) {
		buffer_clear(&inside);
		return false;
	}
	put_number(out, (size_t)((long)inside.n + more), bytes, big_endian);
	put(out, inside.p, inside.n);
	buffer_clear(&inside);
	return true;
}

static bool
in_braces(const char **text, struct buffer *out)
{
	struct buffer inside = { 0 };
	bool good;

	(*text)++;
	good = write_until(text, '}', &inside);
	put_ber_length(out, inside.n);
	put(out, inside.p, inside.n);
	buffer_clear(&inside);
	return good;
}

static bool
quoted(const char **text, struct buffer *out)
{
	const char *end = strchr(*text + 1, '"');

	if (end == NULL)
		return false;
	put(out, *text + 1, (size_t)(end - *text - 1));
	*text = end + 1;
	return true;
}

static bool
tls_message(const char **text, struct buffer *out)
{
	size_t n = strcspn(*text, ">");
	char *name = strndup(*text + 1, n - 1);
	bool good = (*text)[n] == '>' && tls_bytes(name, out);

	free(name);
	*text += n + good;
	return good;
}

static bool
hexadecimal(const char **text, struct buffer *out)
{
	char digits[3] = { (*text)[0], (*text)[1], '\0' }, *end;
	uint8_t byte = (uint8_t)strtoul(digits, &end, 16);
	unsigned long count = 1;

	if (end != digits + 2)
		return false;
	*text += 2;
	if (**text == '*') {
		count = strtoul(*text + 1, &end, 10);
		*text = end;
	}
	while (count-- > 0)
		put(out, &byte, 1);
	return true;
}

static bool
write_one(const char **text, struct buffer *out)
{
	switch (**text) {
	case '"':
		return quoted(text, out);
	case '<':
		return tls_message(text, out);
	case '{':
		return in_braces(text, out);
	}
	if (strncmp(*text, "le", 2) == 0 ||
	    (strncmp(*text, "be", 2) == 0 && strcspn(*text, "(") < strcspn(*text, " ")))
		return counted(text, out);
	return hexadecimal(text, out);
}

static bool
write_until(const char **text, char end, struct buffer *out)
{
	for (;;) {
		while (**text == ' ')
			(*text)++;
		if (**text == end) {
			*text += end != '\0';
			return true;
		}
		if (**text == '\0' || !write_one(text, out))
			return false;
	}
}

bool
octets_write(const char *text, struct buffer *out)
{
	return write_until(&text, '\0', out);
}
