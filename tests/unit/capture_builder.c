/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "capture_builder.h"

#include <dirent.h>
#include <fcntl.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SNAPLEN = 65535 };

static char directory[] = "capture-test.XXXXXX";

static void
put(struct capture *c, const void *bytes, size_t n)
{
	assert_true(c->n + n <= sizeof(c->bytes));
	if (n > 0)
		memcpy(c->bytes + c->n, bytes, n);
	c->n += n;
}

static void
put_number(struct capture *c, uint64_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * (c->big_endian ? n - 1 - i : i));

		put(c, &byte, 1);
	}
}

void
capture_put_16(struct capture *c, uint16_t value)
{
	put_number(c, value, 2);
}

void
capture_put_32(struct capture *c, uint32_t value)
{
	put_number(c, value, 4);
}

void
pcap_begin(struct capture *c, bool big_endian, bool nanoseconds, uint16_t link_type)
{
	c->n = 0;
	c->big_endian = big_endian;
	capture_put_32(c, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	capture_put_16(c, 2);
	capture_put_16(c, 4);
	put_number(c, 0, 8);
	capture_put_32(c, SNAPLEN);
	capture_put_32(c, link_type);
}

void
pcap_packet(struct capture *c, uint32_t seconds, uint32_t fraction, struct span bytes)
{
	capture_put_32(c, seconds);
	capture_put_32(c, fraction);
	capture_put_32(c, (uint32_t)bytes.n);
	capture_put_32(c, (uint32_t)bytes.n + 100);
	put(c, bytes.p, bytes.n);
}

static size_t
begin_block(struct capture *c, uint32_t type)
{
	size_t start = c->n;

	capture_put_32(c, type);
	capture_put_32(c, 0);
	return start;
}

/* Pads to four bytes and fills in both lengths. */
static void
end_block(struct capture *c, size_t start)
{
	size_t end, length;

	while (c->n % 4 != 0)
		put(c, "", 1);
	end = c->n;
	length = end + 4 - start;
	c->n = start + 4;
	capture_put_32(c, (uint32_t)length);
	c->n = end;
	capture_put_32(c, (uint32_t)length);
}

void
pcapng_section(struct capture *c, bool big_endian)
{
	size_t start;

	c->big_endian = big_endian;
	start = begin_block(c, 0x0a0d0d0a);
	capture_put_32(c, 0x1a2b3c4d);
	capture_put_16(c, 1);
	capture_put_16(c, 0);
	put_number(c, UINT64_MAX, 8);
	end_block(c, start);
}

void
pcapng_interface(struct capture *c, uint16_t link_type, uint32_t snaplen,
    struct span options)
{
	size_t start = begin_block(c, 1);

	capture_put_16(c, link_type);
	capture_put_16(c, 0);
	capture_put_32(c, snaplen);
	put(c, options.p, options.n);
	end_block(c, start);
}

static void
put_packet(struct capture *c, uint64_t stamp, struct span bytes)
{
	capture_put_32(c, (uint32_t)(stamp >> 32));
	capture_put_32(c, (uint32_t)stamp);
	capture_put_32(c, (uint32_t)bytes.n);
	capture_put_32(c, (uint32_t)bytes.n + 100);
	put(c, bytes.p, bytes.n);
}

void
pcapng_enhanced(struct capture *c, uint32_t interface, uint64_t stamp, struct span bytes)
{
	size_t start = begin_block(c, 6);

	capture_put_32(c, interface);
	put_packet(c, stamp, bytes);
	end_block(c, start);
}

void
pcapng_obsolete(struct capture *c, uint16_t interface, uint64_t stamp, struct span bytes)
{
	size_t start = begin_block(c, 2);

	capture_put_16(c, interface);
	capture_put_16(c, 0xffff);
	put_packet(c, stamp, bytes);
	end_block(c, start);
}

void
pcapng_simple(struct capture *c, uint32_t wire_bytes, struct span bytes)
{
	size_t start = begin_block(c, 3);

	capture_put_32(c, wire_bytes);
	put(c, bytes.p, bytes.n);
	end_block(c, start);
}

void
pcapng_block(struct capture *c, uint32_t type, struct span body)
{
	size_t start = begin_block(c, type);

	put(c, body.p, body.n);
	end_block(c, start);
}

int
capture_make_directory(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	return 0;
}

int
capture_remove_all(void **state)
{
	DIR *all = opendir(directory);
	struct dirent *entry;

	(void)state;
	assert_non_null(all);
	while ((entry = readdir(all)) != NULL)
		unlinkat(dirfd(all), entry->d_name, 0);
	closedir(all);
	assert_int_equal(rmdir(directory), 0);
	return 0;
}

void
capture_save(const struct capture *c, size_t n, const char *name,
    char path_r[CAPTURE_PATH_SIZE])
{
	FILE *file;

	assert_true(n <= c->n);
	snprintf(path_r, CAPTURE_PATH_SIZE, "%s/%s", directory, name);
	file = fopen(path_r, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(c->bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

void
capture_to_stdin(const struct capture *c, size_t n)
{
	int ends[2];

	/* What we write fits into the pipe, so nobody need read meanwhile. */
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], c->bytes, n), n);
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
}

void
pcap_times(struct capture *c, const char *seconds)
{
	pcap_begin(c, false, false, DLT_EN10MB);
	for (const char *p = seconds; *p != '\0'; p++)
		pcap_packet(c, (uint32_t)(*p - '0'), 0, span_of(p, 1));
}

void
capture_save_times(const char *seconds, const char *name, char path_r[CAPTURE_PATH_SIZE])
{
	struct capture c;

	pcap_times(&c, seconds);
	capture_save(&c, c.n, name, path_r);
}
