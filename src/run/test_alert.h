/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_TEST_ALERT_H
#define RUN_TEST_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "event/origin.h"
#include "run/output_spec.h"

/*
 * An alert that is none, to try the way from here to whoever is to be woken by real ones.
 * Its rule has a number and an id of its own, its addresses are those of documentation,
 * and "test" is true in it.
 */
enum { TEST_ALERT_SID = 1 };

struct test_alert {
	const char *host;	/* the sensor's name */
	int64_t at_ns;
	unsigned severity;	/* 1-4 */
};

/* The text of the event in a format, to be freed; NULL when memory is short. */
char *test_alert_text(const struct test_alert *t, enum format format);

/*
 * Send it down one output, whatever that filters; a spool is left alone. The spec is
 * taken over. 0 when it was delivered, with *e set to what that means there; -1 with *e
 * set when it was not.
 */
int test_alert_send(const struct test_alert *t, struct output_spec *spec, struct err *e);

#endif
