/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_DESCRIPTOR_H
#define BASE_DESCRIPTOR_H

#include "base/err.h"

/*
 * Occupy those of the descriptors 0, 1 and 2 that were closed when the program
 * was started. Otherwise the next file that is opened would become standard output
 * or standard error, and events or messages would be written into it. What takes
 * their place cannot be read from or written to: whoever needs them gets an error.
 * Call it before anything is opened. 0, or -1 with *e set.
 */
int descriptor_keep_standard(struct err *e);

/* Close all others, standard ones excepted: a process keeps what it needs. */
void descriptor_keep_only(int fd);

#endif
