/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_TWIN_H
#define JUDGE_TWIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "words/observation.h"
#include "words/verdict.h"

/*
 * The same session at two taps: whoever sits between them and changes words
 * about TLS is proven, without any history. Sessions are matched by addresses,
 * ports and initial sequence numbers; where a machine between the taps gives
 * connections other addresses, by server, names, content and time, and only
 * where no second session could be meant.
 */
struct twins;

/* Sessions remembered for each tap's counterpart; a busy site ends some hundred in a minute. */
/* The oldest go when sessions_max are remembered. NULL with *e set when memory is short. */
struct twins *twins_new(size_t sessions_max, struct err *e);

/*
 * How long a final observation should wait before its counterpart is looked for:
 * until then what ended at the same moment has been remembered, too.
 */
#define TWINS_WAIT_NS (INT64_C(3) * 1000000000)

/* Remember a final observation; returns its serial. */
uint64_t twins_learn(struct twins *t, const struct observation *seen);

/*
 * The counterpart of a remembered observation, and what differs; flow_id 0: none, or one
 * that was remembered later and will find this one.
 */
struct twin twins_find(const struct twins *t, const struct observation *seen, uint64_t serial);

/* Visit "twins.*" counters. */
void twins_counters(const struct twins *t, counter_visit *visit, void *ctx);

void twins_free(struct twins **t);

#endif
