/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_CAPTURE_BUILDER_H
#define TESTS_CAPTURE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum { CAPTURE_SIZE = 16384, CAPTURE_PATH_SIZE = 64 };

/* A capture file in the making. */
struct capture {
	uint8_t bytes[CAPTURE_SIZE];
	size_t n;
	bool big_endian;
};

/* Classic pcap: a file header, and packets whose fraction is in the file's own unit. */
void pcap_begin(struct capture *c, bool big_endian, bool nanoseconds, uint16_t link_type);
void pcap_packet(struct capture *c, uint32_t seconds, uint32_t fraction, struct span bytes);

/* A whole one, of frames that come at these seconds, one letter each: '0' to '9'. */
void pcap_times(struct capture *c, const char *seconds);

/* pcapng, block by block. Options are given as they are written, or empty. */
void pcapng_section(struct capture *c, bool big_endian);
void pcapng_interface(struct capture *c, uint16_t link_type, uint32_t snaplen,
    struct span options);
void pcapng_enhanced(struct capture *c, uint32_t interface, uint64_t stamp,
    struct span bytes);
void pcapng_obsolete(struct capture *c, uint16_t interface, uint64_t stamp,
    struct span bytes);
void pcapng_simple(struct capture *c, uint32_t wire_bytes, struct span bytes);
void pcapng_block(struct capture *c, uint32_t type, struct span body);

/* Append one number in the file's byte order. */
void capture_put_16(struct capture *c, uint16_t value);
void capture_put_32(struct capture *c, uint32_t value);

/* Fixtures of a group: a directory for its files, and its removal with all that is in it. */
int capture_make_directory(void **state);
int capture_remove_all(void **state);

/* Write the first n bytes to a file of that name; its path is filled in. */
void capture_save(const struct capture *c, size_t n, const char *name,
    char path_r[CAPTURE_PATH_SIZE]);

/* Such a file of pcap_times(). */
void capture_save_times(const char *seconds, const char *name, char path_r[CAPTURE_PATH_SIZE]);

/* Make standard input a pipe that holds the first n bytes and then ends. */
void capture_to_stdin(const struct capture *c, size_t n);

#endif
