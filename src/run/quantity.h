/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_QUANTITY_H
#define RUN_QUANTITY_H

#include <stdint.h>

#include "base/err.h"

/*
 * Numbers as operators write them. Each returns 0, or -1 with *e set to what was to
 * be said: digits, with a unit behind them where there are units, and within bounds.
 */
int quantity_number(const char *text, uint64_t min, uint64_t max, uint64_t *number_r,
    struct err *e);

/* 100, 64K, 10M, 1G, by 1024. */
int quantity_bytes(const char *text, uint64_t min, uint64_t max, uint64_t *bytes_r,
    struct err *e);

/* 90, 90s, 30m, 12h, 1d, 1w. */
int quantity_seconds(const char *text, int64_t min, int64_t max, int64_t *seconds_r,
    struct err *e);

#endif
