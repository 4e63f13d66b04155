/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_PREFACE_H
#define SESSION_PREFACE_H

#include "base/span.h"

/*
 * What a load balancer puts before a client's first bytes: the PROXY protocol,
 * version 1 (a text line) or 2 (binary). It belongs to no dialect.
 * Its length in bytes, 0 when there is none, -1 when more is needed to tell.
 */
long preface_length(struct span client);

#endif
