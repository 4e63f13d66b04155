/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/intake.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER_BYTES = 512 * 1024,
	READ_BYTES = 128 * 1024,	/* at once: more leave the processor's cache */
};

_Static_assert((size_t)INTAKE_BYTES_MAX < (size_t)BUFFER_BYTES, "a piece must fit");

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

/* A signal ends the reading, too. */
int
intake_fill(struct intake *in, size_t n, struct err *e)
{
	if (in->held)
		return 0;
	memmove(in->buffer, in->buffer + in->start, in->end - in->start);
	in->end -= in->start;
	in->start = 0;
	while (in->end < n) {
		const size_t room = BUFFER_BYTES - in->end;
		ssize_t got = read(in->fd, in->buffer + in->end,
		    room < READ_BYTES ? room : READ_BYTES);

		if (got == 0)
			return 0;
		if (got < 0)
			return err_set_errno(e, "cannot read");
		in->end += (size_t)got;
	}
	return 1;
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
