/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_EXTRACT_H
#define RUN_EXTRACT_H

#include "base/err.h"
#include "run/read.h"

/* Packets of one connection that are written at most, in bytes. */
enum { EXTRACT_BYTES_MAX = 256 << 20 };

/*
 * Read capture files and write the packets of the connection settings->flow_id, without
 * what may be a secret in them, as a capture file: to output, or to standard output where
 * it is NULL or "-". *e is set for everything but EXIT_ALL_READ.
 */
enum exit_status extract_run(const struct read_settings *settings, const char *output,
    struct err *e);

#endif
