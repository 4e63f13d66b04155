/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_NOTIFY_H
#define SENSOR_NOTIFY_H

#include <stdint.h>

/*
 * Words for who started us, as sd_notify(3) sends them: datagrams to the socket that
 * NOTIFY_SOCKET names. Where nobody asks, nothing is sent.
 */
struct notify {
	int fd;			/* -1: nobody asks */
	int64_t patience_ns;	/* who started us waits so long for a sign of life; 0: for ever */
};

/* Take what the environment says, and take it out, so that no child speaks for us. */
void notify_open(struct notify *n);

/* "READY=1", "STOPPING=1", "WATCHDOG=1", ... What cannot be sent is not sent. */
void notify_say(const struct notify *n, const char *words);

#endif
