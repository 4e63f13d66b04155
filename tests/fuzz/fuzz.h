/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/*
 * What every fuzz target defines: take these bytes, whatever they are. Returns
 * 0. Called by libFuzzer (--enable-fuzzer) or, once for each seed, by replay_main.c.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
