/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_METRICS_LISTEN_H
#define RUN_METRICS_LISTEN_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Is it "unix:PATH", "127.0.0.1:PORT" or "[::1]:PORT"? There is no password, so nothing else is
 * listened on. -1 with *e set to what should have been said.
 */
int metrics_listen_check(const char *listen, struct err *e);

/*
 * Could it be listened on, if nobody else did? Nothing but a socket may be at PATH, and its
 * folder must be there; where we are who would listen (judges), a port must be allowed to us and
 * the folder be ours to write. -1 with *e set.
 */
int metrics_listen_look(const char *listen, bool judges, struct err *e);

/*
 * A listening socket for one of these; an old socket at PATH is replaced if nobody listens
 * on it. -1 with *e set.
 */
int metrics_listen(const char *listen, struct err *e);

#endif
