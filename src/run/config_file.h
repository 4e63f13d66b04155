/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CONFIG_FILE_H
#define RUN_CONFIG_FILE_H

#include <stdio.h>

#include "base/span.h"
#include "run/settings.h"

/*
 * The configuration file: settings as YAML, described in docs/configuration.md. A key
 * without a value is as if it were not there.
 */
enum { CONFIG_FILE_MAX = 256 * 1024 };

/* Set what the file says. -1 with *e set: FILE:LINE, the key, and what should have been said. */
int config_read(struct settings *s, const char *path, struct err *e);

/* The same for a text; the name is for messages. */
int config_read_text(struct settings *s, const char *name, struct span text, struct err *e);

/* All settings as such a file. -1 with *e set when it cannot be written. */
int config_write(const struct settings *s, FILE *out, struct err *e);

#endif
