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
struct intake;

/* What can be had in one piece: a packet and whatever a file format puts around it. */
enum { INTAKE_BYTES_MAX = PACKET_BYTES_MAX + 65536 };

/* Takes the descriptor, also on failure. NULL with *e set when memory is short. */
struct intake *intake_new(int fd, struct err *e);

/*
 * The next n bytes, at most INTAKE_BYTES_MAX, borrowed until the next call: 1; 0 when
 * fewer are left, -1 with *e set when they cannot be read; then none are taken. Waits for a
 * pipe no longer than until it has them.
 */
int intake_take(struct intake *in, size_t n, struct span *bytes_r, struct err *e);

/* The same, and they are given once more by the next call. */
int intake_look(struct intake *in, size_t n, struct span *bytes_r, struct err *e);

/* Pass over n bytes: 1, 0 when fewer were left, -1 with *e set. */
int intake_skip(struct intake *in, uint64_t n, struct err *e);

/* Is nothing left of what has been read? After a 0 that is the end of the file. */
bool intake_is_empty(const struct intake *in);

/* How many bytes have been taken. */
uint64_t intake_offset(const struct intake *in);

void intake_free(struct intake **in);

#endif
