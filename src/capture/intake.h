/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_INTAKE_H
#define CAPTURE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "capture/packet_record.h"

/*
 * The bytes of a file or pipe from front to back, read in large blocks: a
 * packet then costs no system call and no copy of its own.
 */
struct intake {		/* for what stands below alone */
	int fd;
	size_t start, end;	/* of what is read and not taken, in the buffer */
	size_t mark;		/* where intake_back() goes, in the buffer */
	uint64_t taken;
	bool held;
	uint8_t *buffer;
};

/* What can be had in one piece: a packet and whatever a file format puts around it. */
enum { INTAKE_BYTES_MAX = PACKET_BYTES_MAX + 65536 };

/* Takes the descriptor, also on failure. NULL with *e set when memory is short. */
struct intake *intake_new(int fd, struct err *e);

/* Read until n bytes are in the buffer: as below. */
int intake_fill(struct intake *in, size_t n, struct err *e);

/*
 * The next n bytes, at most INTAKE_BYTES_MAX, borrowed until the next call: 1; 0 when
 * fewer are left, -1 with *e set when they cannot be read. Waits for a pipe no longer than
 * until it has them. They are given once more by the next call.
 */
static inline int
intake_look(struct intake *in, size_t n, struct span *bytes_r, struct err *e)
{
	if (in->end - in->start < n) {
		int got = intake_fill(in, n, e);

		if (got != 1)
			return got;
	}
	*bytes_r = span_of(in->buffer + in->start, n);
	return 1;
}

/* The same, and they are taken, all or none. */
static inline int
intake_take(struct intake *in, size_t n, struct span *bytes_r, struct err *e)
{
	int got = intake_look(in, n, bytes_r, e);

	if (got == 1) {
		in->start += n;
		in->taken += n;
	}
	return got;
}

/*
 * Until it is let go, nothing more is read, and so nothing that was given moves: what is not
 * in the buffer looks as if the file had ended before it.
 */
static inline void
intake_hold(struct intake *in, bool held)
{
	in->held = held;
}

/* Here something begins that will be wanted whole: intake_back() comes back to it. */
static inline void
intake_mark(struct intake *in)
{
	in->mark = in->start;
}

/* Only from where nothing was read since the mark was made. */
static inline void
intake_back(struct intake *in)
{
	in->taken -= in->start - in->mark;
	in->start = in->mark;
}

/* Pass over n bytes: 1, 0 when fewer were left, -1 with *e set. */
int intake_skip(struct intake *in, uint64_t n, struct err *e);

/* Is nothing left of what has been read? After a 0 that is the end of the file. */
bool intake_is_empty(const struct intake *in);

/* How many bytes have been taken. */
uint64_t intake_offset(const struct intake *in);

void intake_free(struct intake **in);

#endif
