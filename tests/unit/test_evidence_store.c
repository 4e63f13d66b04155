/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where evidence lies: whole or not at all, readable to its owner, bounded, and nowhere else. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/evidence_piece.h"
#include "sensor/evidence_store.h"

static char folder[] = "evidence-XXXXXX";
static char inside[64];
static struct evidence_store *store;

static const char *
path_of(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", inside, name);
	return path;
}

static void
open_store(uint64_t bytes_max, int64_t age_max_s)
{
	const struct evidence_store_limits limits = { bytes_max, age_max_s };
	struct err e = { "" };

	store = evidence_store_open(folder, &limits, false, &e);
	if (store == NULL)
		print_error("%s\n", e.text);
	assert_non_null(store);
}

static int
begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "evidence-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(inside, sizeof(inside), "%s/alerts", folder);
	return 0;
}

static int
end(void **state)
{
	char command[128];

	(void)state;
	evidence_store_close(&store);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static void
take(uint64_t flow_id, uint32_t offset, uint32_t total, const char *text)
{
	const struct evidence_piece piece = { flow_id, offset, total };
	uint8_t body[sizeof(piece) + 64];

	memcpy(body, &piece, sizeof(piece));
	memcpy(body + sizeof(piece), text, strlen(text));
	evidence_store_take(store, span_of(body, sizeof(piece) + strlen(text)));
}

/* How long the file is, or -1 when there is none. */
static long
size_of(const char *name)
{
	struct stat st;

	return lstat(path_of(name), &st) == 0 ? (long)st.st_size : -1;
}

static void
count(void *ctx, const char *name, uint64_t value)
{
	uint64_t *counts = ctx;

	counts[strcmp(name, "evidence.saved") == 0 ? 0 :
	    strcmp(name, "evidence.not_saved") == 0 ? 1 :
	    strcmp(name, "evidence.removed") == 0 ? 2 : 3] = value;
}

static void
a_file_appears_whole(void **state)
{
	struct stat st;

	(void)state;
	open_store(1 << 20, 1000);
	take(7, 0, 10, "hello");
	assert_int_equal(size_of("7.pcap"), -1);
	take(7, 5, 10, "world");
	assert_int_equal(size_of("7.pcap"), 10);
	assert_int_equal(size_of("7.part"), -1);
	assert_int_equal(stat(path_of("7.pcap"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(inside, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	/* a longer one takes its place */
	take(7, 0, 12, "hello, world");
	assert_int_equal(size_of("7.pcap"), 12);
}

static void
a_piece_without_its_predecessor_is_nothing(void **state)
{
	(void)state;
	open_store(1 << 20, 1000);
	take(7, 5, 10, "world");
	assert_int_equal(size_of("7.pcap"), -1);
	take(7, 0, 15, "hello");
	take(7, 10, 15, "there");
	assert_int_equal(size_of("7.pcap"), -1);
	/* begun again */
	take(7, 0, 5, "hello");
	assert_int_equal(size_of("7.pcap"), 5);
	evidence_store_take(store, span_text("short"));
}

static void
nothing_outside_is_touched(void **state)
{
	char victim[96];
	struct stat st;
	int fd;

	(void)state;
	open_store(1 << 20, 1000);
	/* as seen from where the links are */
	snprintf(victim, sizeof(victim), "%s/victim", folder);
	fd = open(victim, O_WRONLY | O_CREAT, 0644);
	assert_int_equal(write(fd, "precious", 8), 8);
	close(fd);
	assert_int_equal(symlink("../victim", path_of("7.part")), 0);
	assert_int_equal(symlink("../victim", path_of("7.pcap")), 0);
	take(7, 0, 5, "hello");
	assert_int_equal(lstat(path_of("7.pcap"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(stat(victim, &st), 0);
	assert_int_equal(st.st_size, 8);
	/* a link in the midst of a file */
	take(8, 0, 10, "hello");
	assert_int_equal(unlink(path_of("8.part")), 0);
	assert_int_equal(symlink("../victim", path_of("8.part")), 0);
	take(8, 5, 10, "world");
	assert_int_equal(stat(victim, &st), 0);
	assert_int_equal(st.st_size, 8);
}

static void
the_oldest_go_first(void **state)
{
	uint64_t counts[4];
	struct timespec long_ago[2] = { { 1000000, 0 }, { 1000000, 0 } };

	(void)state;
	open_store(25, INT64_MAX / 2);
	take(1, 0, 10, "0123456789");
	assert_int_equal(utimensat(AT_FDCWD, path_of("1.pcap"), long_ago, 0), 0);
	take(2, 0, 10, "0123456789");
	assert_int_equal(close(open(path_of("notes.pcap"), O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(utimensat(AT_FDCWD, path_of("notes.pcap"), long_ago, 0), 0);
	take(3, 0, 10, "0123456789");
	assert_int_equal(size_of("1.pcap"), -1);
	assert_int_equal(size_of("2.pcap"), 10);
	assert_int_equal(size_of("3.pcap"), 10);
	/* not ours */
	assert_int_equal(size_of("notes.pcap"), 0);
	evidence_store_counters(store, count, counts);
	assert_int_equal(counts[0], 3);
	assert_int_equal(counts[1], 0);
	assert_int_equal(counts[2], 1);
	assert_int_equal(counts[3], 20);
}

static void
what_is_too_old_goes(void **state)
{
	struct timespec long_ago[2] = { { 1000000, 0 }, { 1000000, 0 } };

	(void)state;
	open_store(1 << 20, 1000);
	take(1, 0, 10, "0123456789");
	take(2, 0, 20, "0123456789");
	assert_int_equal(utimensat(AT_FDCWD, path_of("1.pcap"), long_ago, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, path_of("2.part"), long_ago, 0), 0);
	take(3, 0, 10, "0123456789");
	evidence_store_tidy(store);
	assert_int_equal(size_of("1.pcap"), -1);
	assert_int_equal(size_of("2.part"), -1);
	assert_int_equal(size_of("3.pcap"), 10);
}

static void
a_folder_that_cannot_be_is_told(void **state)
{
	const struct evidence_store_limits limits = { 1, 1 };
	struct err e = { "" };

	(void)state;
	assert_null(evidence_store_open("/nothere", &limits, false, &e));
	assert_non_null(strstr(e.text, "/nothere"));
	/* a link in place of the folder leads out */
	assert_int_equal(symlink("..", inside), 0);
	assert_null(evidence_store_open(folder, &limits, false, &e));
	assert_non_null(strstr(e.text, "alerts"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_appears_whole, begin, end),
		cmocka_unit_test_setup_teardown(a_piece_without_its_predecessor_is_nothing, begin,
		    end),
		cmocka_unit_test_setup_teardown(nothing_outside_is_touched, begin, end),
		cmocka_unit_test_setup_teardown(the_oldest_go_first, begin, end),
		cmocka_unit_test_setup_teardown(what_is_too_old_goes, begin, end),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_is_told, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
