/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "base/err.h"
#include "capture/packet_record.h"

/*
 * A pcap-filter(7) expression, compiled for each link type that turns up: the
 * same words become other code on Ethernet than on a cooked capture.
 */
struct filter;

/*
 * NULL with *e set when the expression compiles for no common link type. Free
 * with filter_free().
 */
struct filter *filter_new(const char *expression, struct err *e);

/*
 * 1 when the record is wanted, 0 when not, -1 with *e set when the expression
 * does not compile for its link type. Records of a link type that libpcap cannot
 * filter at all are passed on, for those who read frames to count.
 */
int filter_match(struct filter *f, const struct packet_record *record, struct err *e);

void filter_free(struct filter **f);

#endif
