/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_DECODE_EXACTLY_H
#define TESTS_DECODE_EXACTLY_H

#include "decode/decode.h"
#include "frame_builder.h"

/*
 * Decode n bytes from a buffer of exactly that size, so that AddressSanitizer
 * sees a byte too far, and check what must hold of every segment. Its payload
 * is then moved to where it lies in bytes.
 */
enum decode_result decode_exactly(int link_type, const uint8_t *bytes, size_t n,
    size_t wire_bytes, struct segment *segment_r);

/* The same for a frame that was captured whole. */
enum decode_result decode_whole(int link_type, const struct image *image,
    struct segment *segment_r);

/* The segment has the headers, or the payload and its timestamp, that image_build() writes. */
void assert_built_headers(const struct segment *s);
void assert_built_payload(const struct segment *s);

#endif
