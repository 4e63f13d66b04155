/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_SINK_H
#define SINK_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"

/* Where events go: a file, or standard output. */
struct sink;

/*
 * Create the file, or append to it; NULL or "-" is standard output. NULL with
 * *e set when it cannot be written.
 */
struct sink *sink_open(const char *path, struct err *e);

/* Write one line; its end is added. 0, or -1 with *e set: disk full, closed pipe. */
int sink_write(struct sink *s, const char *line, size_t length, struct err *e);

/* Write out what is buffered. 0, or -1 with *e set. */
int sink_flush(struct sink *s, struct err *e);

/* Did the reader at the other end go away? Then nobody waits for a message about it. */
bool sink_reader_gone(const struct sink *s);

bool sink_is_terminal(const struct sink *s);

/* Visit "sink.NAME.written" and ".dropped". */
void sink_counters(const struct sink *s, counter_visit *visit, void *ctx);

/* Does not flush: what matters has been flushed, and its error seen, before. */
void sink_free(struct sink **s);

#endif
