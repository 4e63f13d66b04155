/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_FACT_H
#define WORDS_FACT_H

#include <stdbool.h>

/*
 * What a tap knows of something: nothing, that it is not so, or that it is.
 * Not seen is not clean: FACT_FALSE needs as much sight as FACT_TRUE. Zero is
 * "unknown", so a cleared structure claims nothing.
 */
enum fact { FACT_UNKNOWN, FACT_FALSE, FACT_TRUE };

static inline enum fact
fact_of(bool known_value)
{
	return known_value ? FACT_TRUE : FACT_FALSE;
}

#endif
