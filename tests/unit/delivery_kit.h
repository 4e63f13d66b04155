/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_DELIVERY_KIT_H
#define TESTS_DELIVERY_KIT_H

#include "unit.h"

#include "sink/delivery.h"

/* One that can be begun; the test fails where it cannot. */
static inline struct delivery *
begin(const struct delivery_settings *set)
{
	struct err e = { "" };
	struct delivery *d = delivery_new(set, &e);

	if (d == NULL)
		fail_msg("%s", e.text);
	return d;
}

#endif
