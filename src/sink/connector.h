/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SINK_CONNECTOR_H
#define SINK_CONNECTOR_H

#include <netdb.h>
#include <stddef.h>

#include "base/err.h"
#include "sink/sink.h"

/*
 * From a host's name to a connected socket without waiting: the name is looked up in
 * the background (getaddrinfo_a(3)), addresses are tried one after the other. The name
 * is looked up anew once all of its addresses have failed.
 */
struct lookup;

struct connector {
	const char *host, *port, *label;	/* the last for messages */
	int type;			/* SOCK_STREAM or SOCK_DGRAM */
	struct lookup *lookup;		/* of the name, under way; or NULL */
	struct addrinfo *found;		/* of the last answer */
	struct addrinfo *next;		/* to be tried, or NULL */
};

/* Settings and label are borrowed. */
void connector_init(struct connector *c, const struct sink_settings *set, const char *label,
    int type);

/*
 * Go on with connecting; *fd is -1 at first, and the socket as soon as there is one:
 * poll it for POLLOUT. 1: connected. 0: under way. -1 with *e set: this address (or
 * the name) failed, *fd is to be closed, and the next call tries the next one.
 */
int connector_step(struct connector *c, int *fd, struct err *e);

void connector_release(struct connector *c);

#endif
