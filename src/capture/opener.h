/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_OPENER_H
#define CAPTURE_OPENER_H

#include <stdint.h>

/*
 * Who opens capture files, where the process that reads them may not. Answers with a
 * descriptor, which is the caller's, for the file of that index; or -1 with errno set.
 */
struct opener {
	void *ctx;
	int (*open)(void *ctx, uint32_t index);
};

#endif
