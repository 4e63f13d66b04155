/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_PROMETHEUS_H
#define EVENT_PROMETHEUS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Counters in Prometheus' text format, version 0.0.4. "decode.bad_ip" becomes
 * stripwatch_decode_bad_ip_total; what goes up and down has no _total; bytes and seconds
 * are the only units. Dialects, outcomes, outputs and categories of alerts are labels, and
 * nothing else is: no address, no name that a stranger chose.
 */
struct prometheus;

/* NULL when memory is short. */
struct prometheus *prometheus_new(void);

/* One counter, by its name of docs/events.md: a counter_visit. */
void prometheus_counter(void *prometheus, const char *name, uint64_t value);

/*
 * Everything so far, to be freed, n bytes; version is that of the program. NULL when
 * memory is short.
 */
char *prometheus_text(struct prometheus *p, const char *version, size_t *n_r);

void prometheus_free(struct prometheus **p);

#endif
