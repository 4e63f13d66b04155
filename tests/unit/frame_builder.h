/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FRAME_BUILDER_H
#define TESTS_FRAME_BUILDER_H

#include <stddef.h>
#include <stdint.h>

enum { IMAGE_SIZE = 2048 };

/* A frame that grows towards its front, as headers are put before what they carry. */
struct image {
	uint8_t bytes[IMAGE_SIZE];
	size_t at;	/* where the frame begins */
	size_t tcp_at;	/* a segment whose checksum waits for addresses, or 0 */
};

/* What the innermost segment of every recipe says. */
#define BUILT_PAYLOAD "EHLO client.example\r\n"
#define BUILT_SEQ UINT32_C(0x01020304)
#define BUILT_ACK UINT32_C(0xf5060708)
#define BUILT_TIMESTAMP UINT32_C(0x11223344)
enum {
	BUILT_SOURCE_PORT = 40000,
	BUILT_DESTINATION_PORT = 25,
	BUILT_WINDOW = 512,
	BUILT_TTL = 61,
	BUILT_IP_ID = 0x7788,
};

/*
 * Build a frame from the names of its headers, outermost first, for example
 * "eth vlan7 ip4 gre ip6 tcp". Lengths, next-header numbers and the TCP
 * checksum are right; addresses are 192.0.2.1 to 198.51.100.2, or 2001:db8::1
 * to 2001:db8::2.
 */
void image_build(struct image *image_r, const char *recipe);

static inline const uint8_t *
image_bytes(const struct image *image)
{
	return image->bytes + image->at;
}

static inline size_t
image_size(const struct image *image)
{
	return IMAGE_SIZE - image->at;
}

#endif
