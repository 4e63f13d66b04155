/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "capture/opener.h"
#include "words/frame.h"

/* Where frames come from: one capture file, or standard input. */
struct source;

/*
 * Open a pcap or pcapng file (microsecond or nanosecond stamps, either byte
 * order); "-" is standard input. Stamps outside 0..2^62 ns are clamped. index becomes the
 * frame_ref.source of its frames, tap their tap. NULL with *e set when it
 * cannot be read or is not a capture. Free with source_free().
 */
struct source *source_open(const char *path, uint32_t index, uint8_t tap,
    struct err *e);

/* The same with a descriptor from somebody else; the path is what messages call it. */
struct source *source_open_by(const struct opener *opener, const char *path, uint32_t index,
    uint8_t tap, struct err *e);

/* What messages call it. */
enum { SOURCE_NAME_SIZE = 256 };	/* so that the end of a message is not cut off */
void source_name(const char *path, char name_r[SOURCE_NAME_SIZE]);

/* How it opens files itself: a descriptor, or -1 with errno set. For an opener. */
int source_descriptor(const char *path);

/* Keep only frames that match a pcap-filter(7) expression. 0, or -1 with *e set. */
int source_set_filter(struct source *s, const char *expression, struct err *e);

/*
 * The next frame: 1 with *frame_r filled (bytes borrowed until the next call),
 * 0 at the end, -1 with *e set when the rest cannot be read (the message names
 * the file and the frame); everything before the fault was delivered.
 */
int source_next(struct source *s, struct frame *frame_r, struct err *e);

/*
 * The same, if that frame has been read already: then those that were given before it stay
 * borrowed. False, and it is left to source_next(), at the end of what has been read, at
 * the end of the file, and where something is wrong.
 */
bool source_next_beside(struct source *s, struct frame *frame_r);

/* Position and size in bytes for a progress bar; size 0 when unknown. */
uint64_t source_offset(const struct source *s);
uint64_t source_size(const struct source *s);

/* A regular file can be closed and opened again; a pipe gives its bytes only once. */
bool source_can_reopen(const struct source *s);

void source_free(struct source **s);

#endif
