/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PCAPNG_H
#define CAPTURE_PCAPNG_H

#include "base/err.h"
#include "capture/intake.h"
#include "capture/packet_record.h"

/*
 * pcapng (draft-ietf-opsawg-pcapng), also with what libpcap refuses: interfaces of several
 * link types or snaplens in one file, sections of either byte order.
 */
struct pcapng;

/*
 * Reads the first section header; the intake stays the caller's. NULL with *e set
 * when it is no pcapng file. Free with pcapng_free().
 */
struct pcapng *pcapng_open(struct intake *in, struct err *e);

/* 1 with a record, 0 at the end, -1 with *e set when the rest cannot be read. */
int pcapng_next(struct pcapng *p, struct packet_record *record_r, struct err *e);

void pcapng_free(struct pcapng **p);

#endif
