/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/intake.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Half of it or more is refilled at once; larger ones leave the processor's cache. */
enum { BUFFER_BYTES = 512 * 1024 };

_Static_assert((size_t)INTAKE_BYTES_MAX < (size_t)BUFFER_BYTES, "a piece must fit");

struct intake {
	int fd;
	size_t start, end;	/* of what is read and not taken, in the buffer */
	uint64_t taken;
	uint8_t *buffer;
};

struct intake *
intake_new(int fd, struct err *e)
{
	struct intake *in = calloc(1, sizeof(*in));

	/* large enough to be pages that cost nothing before they are used */
	if (in != NULL)
		in->buffer = malloc(BUFFER_BYTES);
	if (in == NULL || in->buffer == NULL) {
		err_set(e, "out of memory");
		free(in);
		close(fd);
		return NULL;
	}
	in->fd = fd;
	return in;
}

/* Read until n bytes are there: 1, 0 when the end comes first. A signal ends the reading, too. */
static int
fill(struct intake *in, size_t n, struct err *e)
{
	memmove(in->buffer, in->buffer + in->start, in->end - in->start);
	in->end -= in->start;
	in->start = 0;
	while (in->end < n) {
		ssize_t got = read(in->fd, in->buffer + in->end, BUFFER_BYTES - in->end);

		if (got == 0)
			return 0;
		if (got < 0)
			return err_set_errno(e, "cannot read");
		in->end += (size_t)got;
	}
	return 1;
}

int
intake_look(struct intake *in, size_t n, struct span *bytes_r, struct err *e)
{
	if (in->end - in->start < n) {
		int got = fill(in, n, e);

		if (got != 1)
			return got;
	}
	*bytes_r = span_of(in->buffer + in->start, n);
	return 1;
}

static void
advance(struct intake *in, size_t n)
{
	in->start += n;
	in->taken += n;
}

int
intake_take(struct intake *in, size_t n, struct span *bytes_r, struct err *e)
{
	int got = intake_look(in, n, bytes_r, e);

	if (got == 1)
		advance(in, n);
	return got;
}

int
intake_skip(struct intake *in, uint64_t n, struct err *e)
{
	struct span skipped;

	while (n > 0) {
		size_t piece = n < INTAKE_BYTES_MAX ? (size_t)n : INTAKE_BYTES_MAX;
		int got = intake_take(in, piece, &skipped, e);

		if (got != 1)
			return got;
		n -= piece;
	}
	return 1;
}

bool
intake_is_empty(const struct intake *in)
{
	return in->start == in->end;
}

uint64_t
intake_offset(const struct intake *in)
{
	return in->taken;
}

void
intake_free(struct intake **in)
{
	if (*in == NULL)
		return;
	close((*in)->fd);
	free((*in)->buffer);
	free(*in);
	*in = NULL;
}
