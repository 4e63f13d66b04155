/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The temporary file of hindsight gives back what was written to it, or an error. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "judge/candidates.h"
#include "observed.h"

/* Candidates with that many records, and the descriptor of their file. */
static struct candidates *
written(unsigned count, int *fd_r)
{
	struct candidates *c;
	struct err e;

	/* the lowest that is free is the next that is given */
	*fd_r = open("/dev/null", O_RDONLY);
	close(*fd_r);
	c = candidates_new(&e);
	assert_non_null(c);
	for (unsigned i = 0; i < count; i++) {
		struct candidate candidate = {
			.record.seen = observed_lack(1, (int)i),
			.told = { 1, { i } },
		};
		struct observation *seen = &candidate.record.seen;

		/* the last marks there are, and none */
		seen->mark_count = (uint8_t)(i % 2 == 0 ? OBSERVATION_MARKS_MAX - i : 0);
		if (seen->mark_count > 0)
			seen->marks[seen->mark_count - 1].kind = MARK_LISTING_LACKS;
		assert_true(candidates_add(c, &candidate));
	}
	return c;
}

static void
records_come_back_in_order(void **state)
{
	struct candidate candidate;
	const struct observation *seen = &candidate.record.seen;
	struct candidates *c;
	struct err e;
	int fd;

	(void)state;
	c = written(3, &fd);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(candidates_next(c, &candidate, &e), 1);
		assert_int_equal(candidate.record.seen.flow.tuple.port[SIDE_CLIENT], 40000 + i);
		assert_string_equal(candidate.record.seen.dialect, "smtp");
		assert_int_equal(candidate.told.sids[0], i);
		assert_int_equal(seen->mark_count, i % 2 == 0 ? OBSERVATION_MARKS_MAX - i : 0);
		if (seen->mark_count > 0)
			assert_int_equal(seen->marks[seen->mark_count - 1].kind,
			    MARK_LISTING_LACKS);
	}
	assert_int_equal(candidates_next(c, &candidate, &e), 0);
	assert_int_equal(candidates_count(c), 3);
	candidates_free(&c);
}

static void
what_others_wrote_is_no_record(void **state)
{
	static const char event[] = "{\"event_type\":\"session\"}\n";
	struct candidate candidate;
	struct candidates *c;
	struct err e;
	int fd;

	(void)state;
	c = written(2, &fd);
	assert_int_equal(pwrite(fd, event, sizeof(event), lseek(fd, 0, SEEK_END) - 200),
	    sizeof(event));
	assert_int_equal(candidates_next(c, &candidate, &e), 1);
	assert_int_equal(candidates_next(c, &candidate, &e), -1);
	assert_non_null(strstr(e.text, "does not hold what was written"));
	candidates_free(&c);
}

static void
a_file_cut_short_is_told(void **state)
{
	struct candidate candidate;
	struct candidates *c;
	struct err e;
	int fd;

	(void)state;
	c = written(2, &fd);
	assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) - 100), 0);
	assert_int_equal(candidates_next(c, &candidate, &e), 1);
	assert_int_equal(candidates_next(c, &candidate, &e), -1);
	assert_non_null(strstr(e.text, "cut short"));
	candidates_free(&c);
}

static void
what_cannot_be_written_is_counted(void **state)
{
	struct candidate candidate = { .record.seen = observed_lack(1, 1) };
	struct candidates *c;
	struct err e;
	int fd, null = open("/dev/null", O_RDONLY);

	(void)state;
	c = written(1, &fd);
	assert_int_equal(dup2(null, fd), fd);
	close(null);
	assert_false(candidates_add(c, &candidate));
	assert_int_equal(candidates_lost(c), 1);
	assert_int_equal(candidates_next(c, &candidate, &e), -1);
	candidates_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_back_in_order),
		cmocka_unit_test(what_others_wrote_is_no_record),
		cmocka_unit_test(a_file_cut_short_is_told),
		cmocka_unit_test(what_cannot_be_written_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
