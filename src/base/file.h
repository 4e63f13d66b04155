/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/err.h"

/*
 * Read a whole regular file that a person wrote: rules, policy, configuration. The caller
 * frees the text, which is NULL when -1 is returned with *e set: it cannot be read, is no
 * regular file, or is longer than max bytes.
 */
int file_read(const char *path, size_t max, char **text_r, size_t *n_r, struct err *e);

#endif
