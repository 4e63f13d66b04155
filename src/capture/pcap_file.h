/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PCAP_FILE_H
#define CAPTURE_PCAP_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"
#include "capture/intake.h"
#include "capture/packet_record.h"

/*
 * Classic pcap (draft-ietf-opsawg-pcap): stamps of micro- or nanoseconds, numbers of
 * either byte order, and the longer packet headers of a patched libpcap of old.
 */
struct pcap_file;

enum { PCAP_MAGIC_BYTES = 4 };

/* Does a file that begins with these bytes claim to be one? */
bool pcap_file_is(struct span magic);

/*
 * Reads the file header; the intake stays the caller's. NULL with *e set when it is no
 * pcap file that we know. Free with pcap_file_free().
 */
struct pcap_file *pcap_file_open(struct intake *in, struct err *e);

/* 1 with a record, 0 at the end, -1 with *e set when the rest cannot be read. */
int pcap_file_next(struct pcap_file *p, struct packet_record *record_r, struct err *e);

void pcap_file_free(struct pcap_file **p);

#endif
