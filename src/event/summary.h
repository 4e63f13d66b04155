/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_SUMMARY_H
#define EVENT_SUMMARY_H

#include <stdint.h>
#include <stdio.h>

#include "judge/judge.h"

/*
 * The end of a text report: dialects and outcomes, alerts by technique, and
 * what could not be judged and why.
 */
struct summary;

struct summary *summary_new(void);	/* NULL when memory is short */

/* Count one session, one alert, one counter. */
void summary_session(struct summary *s, const struct record *record);
void summary_alert(struct summary *s, const struct alert *alert);
void summary_counter(void *summary, const char *name, uint64_t value);	/* a counter_visit */

void summary_write(const struct summary *s, FILE *out);

void summary_free(struct summary **s);

#endif
