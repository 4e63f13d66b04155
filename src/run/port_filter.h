/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PORT_FILTER_H
#define RUN_PORT_FILTER_H

#include "base/err.h"
#include "run/ports.h"

/*
 * A pcap-filter(7) expression for the kernel: TCP of these ports, and whatever has
 * its ports where a filter cannot look, but decode/ can: fragments of IP, IPv6
 * extension headers, inner VLAN tags, MPLS, PPPoE and the tunnels. Those are
 * looked through here, in whole.
 *
 * extra is an expression of the user's that must hold, too, or NULL. NULL with *e set
 * when it does not compile or memory is short; free() it.
 */
char *port_filter_new(const struct ports *ports, const char *extra, struct err *e);

#endif
