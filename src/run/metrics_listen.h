/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_METRICS_LISTEN_H
#define RUN_METRICS_LISTEN_H

#include "base/err.h"

/* A listening socket for "unix:PATH", "127.0.0.1:PORT" or "[::1]:PORT"; -1 with *e set. */
int metrics_listen(const char *listen, struct err *e);

#endif
