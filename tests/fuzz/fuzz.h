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

/*
 * What a target may define: changes an input in place, up to size_max bytes, or
 * makes one of two, up to out_max. seed is all the chance there is. Both return the new size.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data, size_t size, const uint8_t *other,
    size_t other_size, uint8_t *out, size_t out_max, unsigned int seed);

#endif
