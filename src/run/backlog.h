/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_BACKLOG_H
#define RUN_BACKLOG_H

#include <stdbool.h>

#include "run/channel.h"

/*
 * What a process says before its turn: messages, in a temporary file without a name, which
 * are read back once in the order in which they came. They are as little trusted then as
 * before.
 */
struct backlog;

enum { BACKLOG_BYTES_MAX = 1 << 30 };	/* a default: the limit is a setting */

/* NULL with *e set when no temporary file can be made. 0 takes the default. */
struct backlog *backlog_new(size_t bytes_max, struct err *e);

/* False when it could not be written. */
bool backlog_add(struct backlog *b, const struct message *message);

/* There is enough in it: the process has to wait. */
bool backlog_is_full(const struct backlog *b);

/* As channel_receive(): 1, CHANNEL_EMPTY behind the last, or CHANNEL_NONSENSE. */
int backlog_next(struct backlog *b, struct channel_room *room, struct message *message_r);

void backlog_free(struct backlog **b);

#endif
