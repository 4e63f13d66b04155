/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words/flow.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum { PROTO_TCP = 6, SHA1_SIZE = 20 };

static size_t
put_be(uint8_t *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
	return n;
}

uint64_t
flow_identifier(const struct flow_tuple *t, int64_t first_ns)
{
	static const struct hash_key fixed = { { 0x7374726970776174, 0x63682d666c6f7769 } };
	uint8_t image[2 * (1 + 16 + 2) + 2 * FLOW_VLAN_MAX + 1 + 8];
	size_t n = 0;

	for (int side = 0; side < 2; side++) {
		image[n++] = t->addr[side].family;
		memcpy(image + n, t->addr[side].bytes, 16);
		n += 16;
		n += put_be(image + n, t->port[side], 2);
	}
	for (int i = 0; i < FLOW_VLAN_MAX; i++)
		n += put_be(image + n, i < t->vlan_count ? t->vlan[i] : 0, 2);
	image[n++] = t->tap;
	n += put_be(image + n, (uint64_t)first_ns, 8);
	return hash_bytes(&fixed, image, n) >> 11;
}

/* The order of the Community ID specification: smaller address first, then smaller port. */
static enum side
lower_side(const struct flow_tuple *t)
{
	int order = memcmp(t->addr[SIDE_CLIENT].bytes, t->addr[SIDE_SERVER].bytes,
	    address_size(&t->addr[SIDE_CLIENT]));

	if (order != 0)
		return order < 0 ? SIDE_CLIENT : SIDE_SERVER;
	return t->port[SIDE_CLIENT] <= t->port[SIDE_SERVER] ? SIDE_CLIENT : SIDE_SERVER;
}

void
flow_community_id(const struct flow_tuple *t, uint16_t seed,
    char text_r[COMMUNITY_ID_SIZE])
{
	enum side low = lower_side(t), high = side_other(low);
	unsigned size = address_size(&t->addr[low]);
	uint8_t image[2 + 2 * 16 + 2 + 2 * 2], digest[SHA1_SIZE];
	size_t n = put_be(image, seed, 2);

	memcpy(image + n, t->addr[low].bytes, size);
	memcpy(image + n + size, t->addr[high].bytes, size);
	n += 2 * size;
	image[n++] = PROTO_TCP;
	image[n++] = 0;
	n += put_be(image + n, t->port[low], 2);
	n += put_be(image + n, t->port[high], 2);

	text_r[0] = '\0';
	if (EVP_Digest(image, n, digest, NULL, EVP_sha1(), NULL) != 1)
		return;
	memcpy(text_r, "1:", 2);
	EVP_EncodeBlock((unsigned char *)text_r + 2, digest, SHA1_SIZE);
}

const char *
flow_state_name(const struct flow *f)
{
	static const char *const names[] = {
		[FLOW_NEW] = "new",
		[FLOW_ESTABLISHED] = "established",
		[FLOW_CLOSED] = "closed",
	};

	return names[f->phase];
}

const char *
flow_reason_name(const struct flow *f)
{
	switch (f->end) {
	case FLOW_FIN:
	case FLOW_RST:
	case FLOW_IDLE:
		return "timeout";	/* EVE's word for every flow that ended by itself */
	case FLOW_REUSED:
		return "tcp_reuse";
	case FLOW_EVICTED:
		return "forced";
	case FLOW_OPEN:
	case FLOW_INPUT_END:
		break;
	}
	return "shutdown";
}
