/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "frame_builder.h"

/* One header: how others announce it (-1: they cannot), how it is written, and its fixed bytes. */
struct header {
	const char *name;
	int ethertype, protocol, service, ppp;
	void (*write)(struct image *image, const struct header *self, const struct header *inner);
	const char *fixed;
	size_t fixed_n;
};

static void
put(struct image *image, const void *bytes, size_t n)
{
	assert_true(image->at >= n);
	image->at -= n;
	memcpy(image->bytes + image->at, bytes, n);
}

static void
put_8(struct image *image, size_t value)
{
	uint8_t wire = (uint8_t)value;

	put(image, &wire, 1);
}

static void
put_16(struct image *image, size_t value)
{
	put_8(image, value);
	put_8(image, value >> 8);
}

static size_t
number(int value)
{
	assert_int_not_equal(value, -1);	/* the recipe makes no sense otherwise */
	return (size_t)value;
}

/* Two bytes at a time, as RFC 1071 has it; the code under test does otherwise. */
static uint16_t
internet_sum(const uint8_t *p, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void
write_tcp(struct image *image, const struct header *self, const struct header *inner)
{
	(void)inner;
	put(image, self->fixed, self->fixed_n);
	image->tcp_at = image->at;
}

static void
finish_tcp(struct image *image, const char *addresses, size_t n)
{
	size_t length = IMAGE_SIZE - image->tcp_at;
	uint8_t *tcp = image->bytes + image->tcp_at;
	uint32_t sum;

	if (image->tcp_at == 0)
		return;
	sum = internet_sum((const uint8_t *)addresses, n, (uint32_t)length + 6);
	sum = ~(uint32_t)internet_sum(tcp, length, sum);
	tcp[16] = (uint8_t)(sum >> 8);
	tcp[17] = (uint8_t)sum;
	image->tcp_at = 0;
}

/* The fixed bytes are the options. */
static void
write_ip4(struct image *image, const struct header *self, const struct header *inner)
{
	static const char addresses[] = "\xc0\x00\x02\x01" "\xc6\x33\x64\x02";
	size_t header_bytes = 20 + self->fixed_n;
	size_t total_bytes = header_bytes + image_size(image);

	finish_tcp(image, addresses, 8);
	put(image, self->fixed, self->fixed_n);
	put(image, addresses, 8);
	put_16(image, 0);
	put_16(image, BUILT_TTL << 8 | number(inner->protocol));
	put_16(image, 0x4000);
	put_16(image, BUILT_IP_ID);
	put_16(image, total_bytes);
	put_16(image, 0x4000 | header_bytes / 4 << 8);
}

static void
write_ip6(struct image *image, const struct header *self, const struct header *inner)
{
	size_t length = image_size(image);

	finish_tcp(image, self->fixed, self->fixed_n);
	put(image, self->fixed, self->fixed_n);
	put_16(image, number(inner->protocol) << 8 | BUILT_TTL);
	put_16(image, length);
	put(image, "\x60\0\0\0", 4);
}

/* Extension headers begin with the number of what follows. */
static void
write_extension(struct image *image, const struct header *self, const struct header *inner)
{
	put(image, self->fixed, self->fixed_n);
	put_8(image, number(inner->protocol));
}

/* Says nothing about what follows. */
static void
write_fixed(struct image *image, const struct header *self, const struct header *inner)
{
	(void)inner;
	put(image, self->fixed, self->fixed_n);
}

/* Fixed bytes and then the EtherType of what follows. */
static void
write_typed(struct image *image, const struct header *self, const struct header *inner)
{
	put_16(image, number(inner->ethertype));
	put(image, self->fixed, self->fixed_n);
}

/* Fixed bytes and then the length of what follows. */
static void
write_length(struct image *image, const struct header *self, const struct header *inner)
{
	(void)inner;
	put_16(image, image_size(image));
	put(image, self->fixed, self->fixed_n);
}

static void
write_sll2(struct image *image, const struct header *self, const struct header *inner)
{
	put(image, self->fixed, self->fixed_n);
	put_16(image, number(inner->ethertype));
}

static void
write_ppp(struct image *image, const struct header *self, const struct header *inner)
{
	put_16(image, number(inner->ppp));
	put(image, self->fixed, self->fixed_n);
}

static void
write_ppp_short(struct image *image, const struct header *self, const struct header *inner)
{
	(void)self;
	put_8(image, number(inner->ppp));
}

/* The fixed bytes are the flags, and then the fields that they announce. */
static void
write_gre(struct image *image, const struct header *self, const struct header *inner)
{
	put(image, self->fixed + 2, self->fixed_n - 2);
	put_16(image, number(inner->ethertype));
	put(image, self->fixed, 2);
}

static void
write_pptp(struct image *image, const struct header *self, const struct header *inner)
{
	size_t length = image_size(image);

	(void)inner;
	put(image, "\x00\x09" "\0\0\0\x01" "\0\0\0\x02", 10);
	put_16(image, length);
	put(image, self->fixed, self->fixed_n);
}

static void
write_nsh(struct image *image, const struct header *self, const struct header *inner)
{
	put(image, "\0\0\x2a\xff", 4);
	put_8(image, number(inner->service));
	put(image, self->fixed, self->fixed_n);
}

static void
put_udp(struct image *image, unsigned port)
{
	put_16(image, 0);
	put_16(image, image_size(image) + 6);
	put_16(image, port);
	put_16(image, 49153);
}

static void
write_vxlan(struct image *image, const struct header *self, const struct header *inner)
{
	write_fixed(image, self, inner);
	put_udp(image, 4789);
}

static void
write_gpe(struct image *image, const struct header *self, const struct header *inner)
{
	write_nsh(image, self, inner);
	image->bytes[image->at + 7] = 0;
	put_udp(image, 4790);
}

/* The fixed bytes are version and length, and then the options. */
static void
write_geneve(struct image *image, const struct header *self, const struct header *inner)
{
	put(image, self->fixed + 2, self->fixed_n - 2);
	put(image, "\0\0\x2a\0", 4);
	put_16(image, number(inner->ethertype));
	put(image, self->fixed, 2);
	put_udp(image, 6081);
}

/* The fixed bytes are flags and message type, and then whatever is optional. */
static void
write_gtpu(struct image *image, const struct header *self, const struct header *inner)
{
	size_t length = image_size(image) + self->fixed_n - 2;

	(void)inner;
	put(image, self->fixed + 2, self->fixed_n - 2);
	put(image, "\0\0\0\x09", 4);
	put_16(image, length);
	put(image, self->fixed, 2);
	put_udp(image, 2152);
}

static void
write_teredo(struct image *image, const struct header *self, const struct header *inner)
{
	write_fixed(image, self, inner);
	put_udp(image, 3544);
}

/* Rows read better with these: how a header can be announced, and bytes with their count. */
#define ANNOUNCED(type, protocol, service, ppp) type, protocol, service, ppp
#define BY_ETHERTYPE(type) type, -1, -1, -1
#define BY_PROTOCOL(protocol) -1, protocol, -1, -1
#define UNANNOUNCED -1, -1, -1, -1
#define WIRE(literal) literal, sizeof(literal) - 1

#define MACS "\x02\0\0\0\0\x02" "\x02\0\0\0\0\x01"
#define GRE_KEY_SEQUENCE "\x30\x00\x88\xbe" "\0\0\0\x07" "\0\0\0\x01"
#define TCP_TO_ACK "\x9c\x40" "\x00\x19" "\x01\x02\x03\x04" "\xf5\x06\x07\x08"
#define TIMESTAMP "\x01\x01\x08\x0a\x11\x22\x33\x44\0\0\0\0"

static const struct header headers[] = {
	{ "eth", ANNOUNCED(0x6558, -1, 3, -1), write_typed, WIRE(MACS) },
	{ "eth8023", ANNOUNCED(0x6558, -1, 3, -1), write_length, WIRE(MACS) },
	{ "snap", UNANNOUNCED, write_typed, WIRE("\xaa\xaa\x03\0\0\0") },
	{ "vlan0", BY_ETHERTYPE(0x8100), write_typed, WIRE("\xe0\x00") },
	{ "vlan5", BY_ETHERTYPE(0x8100), write_typed, WIRE("\x00\x05") },
	{ "vlan7", BY_ETHERTYPE(0x8100), write_typed, WIRE("\x20\x07") },
	{ "vlan5snap", BY_ETHERTYPE(0x8100), write_length, WIRE("\x00\x05") },
	{ "service5", BY_ETHERTYPE(0x88a8), write_typed, WIRE("\x00\x05") },
	{ "oldqinq5", BY_ETHERTYPE(0x9100), write_typed, WIRE("\x00\x05") },
	{ "sll", UNANNOUNCED, write_typed, WIRE("\0\x04\0\x01\0\x06\x02\0\0\0\0\x01\0\0") },
	{ "sll2", UNANNOUNCED, write_sll2,
	    WIRE("\0\0" "\0\0\0\x02" "\0\x01" "\x04\x06" "\x02\0\0\0\0\x01\0\0") },
	{ "family2", UNANNOUNCED, write_fixed, WIRE("\0\0\0\x02") },
	{ "family2le", UNANNOUNCED, write_fixed, WIRE("\x02\0\0\0") },
	{ "family10le", UNANNOUNCED, write_fixed, WIRE("\x0a\0\0\0") },
	{ "family23le", UNANNOUNCED, write_fixed, WIRE("\x17\0\0\0") },
	{ "family24", UNANNOUNCED, write_fixed, WIRE("\0\0\0\x18") },
	{ "family28le", UNANNOUNCED, write_fixed, WIRE("\x1c\0\0\0") },
	{ "family30le", UNANNOUNCED, write_fixed, WIRE("\x1e\0\0\0") },
	{ "ppp", UNANNOUNCED, write_ppp, WIRE("") },
	{ "pppff03", UNANNOUNCED, write_ppp, WIRE("\xff\x03") },
	{ "pppshort", UNANNOUNCED, write_ppp_short, WIRE("") },
	{ "pppoe", BY_ETHERTYPE(0x8864), write_length, WIRE("\x11\x00\x00\x21") },
	{ "chdlc", UNANNOUNCED, write_typed, WIRE("\x0f\x00") },
	{ "label", ANNOUNCED(0x8847, 137, 5, 0x0281), write_fixed, WIRE("\x00\x3e\x80\x40") },
	{ "bottom", ANNOUNCED(0x8847, 137, 5, 0x0281), write_fixed, WIRE("\x00\x3e\x91\x40") },
	{ "multicast", ANNOUNCED(0x8848, 137, 5, 0x0283), write_fixed,
	    WIRE("\x00\x3e\x91\x40") },
	{ "controlword", UNANNOUNCED, write_fixed, WIRE("\0\0\0\0") },
	{ "ip4", ANNOUNCED(0x0800, 4, 1, 0x0021), write_ip4, WIRE("") },
	{ "ip4options", ANNOUNCED(0x0800, 4, 1, 0x0021), write_ip4,
	    WIRE("\x07\x0b\x04\0\0\0\0\0\0\0\0\0") },
	{ "ip6", ANNOUNCED(0x86dd, 41, 2, 0x0057), write_ip6,
	    WIRE("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
		 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02") },
	{ "hopbyhop", BY_PROTOCOL(0), write_extension, WIRE("\x00\x01\x04\0\0\0\0") },
	{ "destination", BY_PROTOCOL(60), write_extension,
	    WIRE("\x01\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "routing", BY_PROTOCOL(43), write_extension, WIRE("\x00\xfd\x00\0\0\0\0") },
	{ "routingleft", BY_PROTOCOL(43), write_extension, WIRE("\x00\xfd\x01\0\0\0\0") },
	{ "atomic", BY_PROTOCOL(44), write_extension, WIRE("\x00\x00\x00\0\0\0\x09") },
	{ "fragment", BY_PROTOCOL(44), write_extension, WIRE("\x00\x00\x01\0\0\0\x09") },
	{ "ah", BY_PROTOCOL(51), write_extension,
	    WIRE("\x04\0\0\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "gre", BY_PROTOCOL(47), write_gre, WIRE("\0\0") },
	{ "greall", BY_PROTOCOL(47), write_gre,
	    WIRE("\xb0\0" "\x12\x34\0\0" "\0\0\0\x07" "\0\0\0\x01") },
	{ "greppp", BY_PROTOCOL(47), write_fixed, WIRE("\0\0\x88\x0b") },
	{ "pptp", BY_PROTOCOL(47), write_pptp, WIRE("\x30\x81\x88\x0b") },
	{ "erspan1", BY_PROTOCOL(47), write_fixed, WIRE("\0\0\x88\xbe") },
	{ "erspan2", BY_PROTOCOL(47), write_fixed,
	    WIRE(GRE_KEY_SEQUENCE "\x10\x05\x10\x01\0\0\0\x02") },
	{ "erspan3", BY_PROTOCOL(47), write_fixed,
	    WIRE("\x10\x00\x22\xeb" "\0\0\0\x01" "\x20\x05\x10\x01\0\0\0\0\0\0\0\0") },
	{ "erspan3ip", BY_PROTOCOL(47), write_fixed,
	    WIRE("\x10\x00\x22\xeb" "\0\0\0\x01" "\x20\x05\x10\x01\0\0\0\0\0\0\x08\0") },
	{ "erspan3sub", BY_PROTOCOL(47), write_fixed,
	    WIRE("\x10\x00\x22\xeb" "\0\0\0\x01" "\x20\x05\x10\x01\0\0\0\0\0\0\0\x01"
		 "\0\0\0\0\0\0\0\0") },
	{ "nsh", ANNOUNCED(0x894f, -1, 4, -1), write_nsh, WIRE("\x0f\xc2\x02") },
	{ "vxlan", BY_PROTOCOL(17), write_vxlan, WIRE("\x08\0\0\0" "\0\0\x2a\0") },
	{ "vxlangbp", BY_PROTOCOL(17), write_vxlan, WIRE("\x88\0\0\x07" "\0\0\x2a\0") },
	{ "gpe", BY_PROTOCOL(17), write_gpe, WIRE("\x0c\0\0") },
	{ "geneve", BY_PROTOCOL(17), write_geneve, WIRE("\0\0") },
	{ "geneveoptions", BY_PROTOCOL(17), write_geneve,
	    WIRE("\x02\x40" "\x01\x02\x80\x01\0\0\0\0") },
	/* administratively prohibited */
	{ "icmp", BY_PROTOCOL(1), write_fixed, WIRE("\3\15\0\0\0\0\0\0") },
	{ "icmp6", BY_PROTOCOL(58), write_fixed, WIRE("\1\1\0\0\0\0\0\0") },
	{ "gtpu", BY_PROTOCOL(17), write_gtpu, WIRE("\x30\xff") },
	{ "gtpusequence", BY_PROTOCOL(17), write_gtpu, WIRE("\x32\xff" "\0\x01\0\0") },
	{ "gtpuextensions", BY_PROTOCOL(17), write_gtpu,
	    WIRE("\x34\xff" "\0\0\0\x85" "\x01\x10\x01\x40" "\x02\0\0\0\0\0\0\0") },
	{ "teredo", BY_PROTOCOL(17), write_teredo, WIRE("") },
	{ "teredoboth", BY_PROTOCOL(17), write_teredo,
	    WIRE("\0\x01" "\x01\x02" "I" "VV" "\0\0\0\0\0\0\0\x01" "\0"
		 "\0\0" "\xc3\x50" "\x3f\xff\xfd\xfe") },
	{ "tcp", BY_PROTOCOL(6), write_tcp,
	    WIRE(TCP_TO_ACK "\x80\x18\x02\x00\0\0\0\0" TIMESTAMP BUILT_PAYLOAD) },
	{ "syn", BY_PROTOCOL(6), write_tcp, WIRE(TCP_TO_ACK "\x50\x02\x02\x00\0\0\0\0") },
};

static const struct header *
header_named(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (strlen(headers[i].name) == n && memcmp(headers[i].name, name, n) == 0)
			return &headers[i];
	}
	fail_msg("no header is called %.*s", (int)n, name);
	return NULL;
}

void
image_build(struct image *image_r, const char *recipe)
{
	const struct header *inner = NULL;
	size_t end = strlen(recipe);

	image_r->at = IMAGE_SIZE;
	image_r->tcp_at = 0;
	while (end > 0) {
		size_t start = end;
		const struct header *h;

		while (start > 0 && recipe[start - 1] != ' ')
			start--;
		h = header_named(recipe + start, end - start);
		h->write(image_r, h, inner);
		inner = h;
		end = start > 0 ? start - 1 : 0;
	}
}
