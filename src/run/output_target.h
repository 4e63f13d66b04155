/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_OUTPUT_TARGET_H
#define RUN_OUTPUT_TARGET_H

#include "base/err.h"
#include "sink/sink.h"

/*
 * The part of an output's description that says where: kind, and path or host and port.
 * The text is cut up and decoded in place; *keys_r is what stands behind its "?", or NULL.
 * A text without a KIND: is the path of a file, whatever it holds. -1 with *e set.
 */
int output_target_parse(struct sink_settings *sink_r, char *text, char **keys_r,
    struct err *e);

/* %XX becomes the byte of that number, in place. -1 with *e set. */
int output_target_decode(char *text, struct err *e);

#endif
