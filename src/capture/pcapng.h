/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PCAPNG_H
#define CAPTURE_PCAPNG_H

#include <stdio.h>

#include "base/err.h"
#include "capture/record.h"

/*
 * Our own reader of pcapng (draft-ietf-opsawg-pcapng), for what libpcap cannot
 * read: interfaces of several link types or snaplens in one file, sections of
 * either byte order. It reads forwards only, so a pipe will do.
 */
struct pcapng;

/*
 * Reads the first section header; the file stays the caller's. NULL with *e set
 * when it is no pcapng file. Free with pcapng_free().
 */
struct pcapng *pcapng_open(FILE *file, struct err *e);

/* 1 with a record, 0 at the end, -1 with *e set when the rest cannot be read. */
int pcapng_next(struct pcapng *p, struct record *record_r, struct err *e);

void pcapng_free(struct pcapng **p);

#endif
