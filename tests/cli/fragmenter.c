/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: fragmenter WORD BYTES FOLDER CAPTURE...
 * Rewrites captures (Ethernet, VLANs, IPv4 without options, IPv6) as a path would
 * that carries no more than so many bytes behind the IP header, into a folder.
 * No identifier is used twice. WORD is
 *	forward, backward	which fragment comes first
 *	twice			each twice, as a mirror port delivers them
 *	holes			every third fragment of a datagram is lost
 *	lies			behind each fragment another one with other bytes
 */
#include <err.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 12, IPV4 = 20, IPV6 = 40, FRAGMENT = 8, SIZE = 65536 };

struct path {
	bool backward, twice, holes, lies;
	size_t bytes;
	pcap_dumper_t *out;
	uint32_t id;
};

static unsigned
get_16(const uint8_t *at)
{
	return (unsigned)(at[0] << 8 | at[1]);
}

static void
put_16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* RFC 791: nobody who reads a capture must check it, but it should be right. */
static void
put_header_sum(uint8_t *ip)
{
	unsigned sum = 0;

	put_16(ip + 10, 0);
	for (int i = 0; i < IPV4; i += 2)
		sum += get_16(ip + i);
	sum = (sum & 0xffff) + (sum >> 16);
	put_16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);
}

/* The part of a packet from start to end behind its IP header at ip_at; returns its size. */
static size_t
cut(const struct path *path, const uint8_t *frame, size_t ip_at, size_t start, size_t end,
    bool more, uint8_t *out)
{
	const bool v6 = frame[ip_at] >> 4 == 6;
	const size_t before = ip_at + (v6 ? IPV6 : IPV4);
	uint8_t *ip = out + ip_at, *to = out + before;

	memcpy(out, frame, before);
	if (v6) {
		memset(to, 0, FRAGMENT);
		to[0] = ip[6];
		ip[6] = 44;
		put_16(ip + 4, FRAGMENT + end - start);
		put_16(to + 2, start | more);
		put_16(to + 6, path->id);
		to += FRAGMENT;
	} else {
		put_16(ip + 2, IPV4 + end - start);
		put_16(ip + 4, path->id);
		put_16(ip + 6, start / 8 | (more ? 0x2000 : 0));
		put_header_sum(ip);
	}
	memcpy(to, frame + before + start, end - start);
	return (size_t)(to - out) + end - start;
}

static void
write_packet(const struct path *path, const struct pcap_pkthdr *like, const uint8_t *bytes,
    size_t n)
{
	struct pcap_pkthdr header = { .ts = like->ts, .caplen = (uint32_t)n, .len = (uint32_t)n };

	pcap_dump((uint8_t *)path->out, &header, bytes);
}

static void
write_fragment(const struct path *path, const struct pcap_pkthdr *like, uint8_t *bytes, size_t n)
{
	write_packet(path, like, bytes, n);
	if (path->twice)
		write_packet(path, like, bytes, n);
	if (path->lies) {
		bytes[n - 1] ^= 0x20;
		write_packet(path, like, bytes, n);
	}
}

static void
cut_up(struct path *path, const struct pcap_pkthdr *like, const uint8_t *frame)
{
	static uint8_t out[SIZE];
	size_t ip_at = ETHERNET, bytes, pieces;

	while (get_16(frame + ip_at) == 0x8100 || get_16(frame + ip_at) == 0x88a8)
		ip_at += 4;
	ip_at += 2;
	if (frame[ip_at] >> 4 == 6)
		bytes = get_16(frame + ip_at + 4);
	else
		bytes = get_16(frame + ip_at + 2) - IPV4;
	path->id++;
	pieces = (bytes + path->bytes - 1) / path->bytes;
	if (pieces < 2) {
		write_packet(path, like, frame, like->caplen);
		return;
	}
	for (size_t i = 0; i < pieces; i++) {
		size_t piece = path->backward ? pieces - 1 - i : i;
		size_t start = piece * path->bytes, end = start + path->bytes;
		size_t n = cut(path, frame, ip_at, start, end < bytes ? end : bytes,
		    end < bytes, out);

		if (!path->holes || piece % 3 != 2)
			write_fragment(path, like, out, n);
	}
}

static void
cut_capture(struct path *path, const char *folder, const char *name)
{
	const char *slash = strrchr(name, '/');
	char text[PCAP_ERRBUF_SIZE], to[4096];
	struct pcap_pkthdr *header;
	const uint8_t *frame;
	pcap_t *in = pcap_open_offline(name, text);

	if (in == NULL)
		errx(1, "%s: %s", name, text);
	snprintf(to, sizeof(to), "%s/%s", folder, slash != NULL ? slash + 1 : name);
	path->out = pcap_dump_open(in, to);
	if (path->out == NULL)
		errx(1, "%s", pcap_geterr(in));
	while (pcap_next_ex(in, &header, &frame) == 1)
		cut_up(path, header, frame);
	pcap_dump_close(path->out);
	pcap_close(in);
}

int
main(int argc, char *argv[])
{
	struct path path = { 0 };

	if (argc < 5)
		errx(2, "usage: fragmenter WORD BYTES FOLDER CAPTURE...");
	path.backward = strcmp(argv[1], "backward") == 0;
	path.twice = strcmp(argv[1], "twice") == 0;
	path.holes = strcmp(argv[1], "holes") == 0;
	path.lies = strcmp(argv[1], "lies") == 0;
	path.bytes = strtoul(argv[2], NULL, 10);
	if (path.bytes == 0 || path.bytes % 8 != 0)
		errx(2, "%s: not a multiple of 8", argv[2]);
	for (int i = 4; i < argc; i++)
		cut_capture(&path, argv[3], argv[i]);
	return 0;
}
