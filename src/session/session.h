/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stddef.h>

#include "base/counter.h"
#include "base/err.h"
#include "evidence/evidence.h"
#include "stream/stream.h"
#include "words/observation.h"

/*
 * The conversations of all connections: what a stream tells goes in, snapshots
 * of facts come out. One when evidence completes, one at the end.
 */
struct sessions;

/*
 * Takes one snapshot; it is the callee's only during the call. An attempt to
 * reach a port that is encrypted from the first byte is one, too,
 * and so is TLS that belongs to no dialect.
 */
typedef void observation_take(void *ctx, const struct observation *seen);

/* A default: what all conversations together keep of bytes that are not whole units yet. */
enum { SESSIONS_KEPT_MAX = 64 << 20 };

/* kept_max limits that, 0 takes the default. NULL with *e set when memory is short. */
struct sessions *sessions_new(size_t kept_max, observation_take *take, void *ctx,
    struct err *e);

/* Keep packets there from now on; borrowed. Before sessions_listener(), or not at all. */
void sessions_keep_evidence(struct sessions *s, struct evidence *evidence);

/* The listener to give to stream_new(); valid as long as the sessions. */
struct stream_listener sessions_listener(struct sessions *s);

/* Visit "session.*" counters. */
void sessions_counters(const struct sessions *s, counter_visit *visit, void *ctx);

void sessions_free(struct sessions **s);

#endif
