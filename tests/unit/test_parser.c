/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A locked process reads what a free one reads, and its end is not ours. */
#include "unit.h"

#include <pcap/dlt.h>
#include <signal.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture_builder.h"
#include "frame_builder.h"
#include "run/parsers.h"

enum { CONNECTIONS = 120, SOURCE_PORT_AT = 34, CHILDREN_MAX = 8, DAY_S = 86400, DAYS = 3 };

static char capture[CAPTURE_PATH_SIZE], days[DAYS][CAPTURE_PATH_SIZE];
static const char *files[DAYS];

struct taken {
	unsigned count;
	bool had_enough;
	size_t children;	/* when the first came */
	int64_t last_ns;
};

/* Our own, in the order in which they were started; how many. */
static size_t
children(pid_t pids_r[CHILDREN_MAX])
{
	char path[64], text[256] = "", *next = text;
	FILE *file;
	size_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", getpid(), getpid());
	file = fopen(path, "r");
	assert_non_null(file);
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	fclose(file);
	for (pid_t pid; n < CHILDREN_MAX && (pid = (pid_t)strtol(next, &next, 10)) != 0; n++)
		pids_r[n] = pid;
	return n;
}

static void
take(void *ctx, const struct observation *seen)
{
	struct taken *t = ctx;

	pid_t pids[CHILDREN_MAX];

	assert_true(seen->final);
	/* each one's connections begin one after the other */
	assert_true(seen->flow.first.at_ns >= t->last_ns);
	t->last_ns = seen->flow.first.at_ns;
	if (t->count++ == 0)
		t->children = children(pids);
}

static void
advance(void *ctx, int64_t now_ns)
{
	(void)ctx;
	assert_true(now_ns >= 0);
}

static bool
go_on(void *ctx)
{
	const struct taken *t = ctx;

	return !t->had_enough;
}

/* More connections than the end of input sorts in a small space. */
static void
save_connections(unsigned begin_s, const char *name, char path_r[CAPTURE_PATH_SIZE])
{
	static struct capture c;
	struct image image;

	pcap_begin(&c, false, false, DLT_EN10MB);
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		image_build(&image, "eth ip4 tcp");
		image.bytes[image.at + SOURCE_PORT_AT] = 0x80;
		image.bytes[image.at + SOURCE_PORT_AT + 1] = (uint8_t)i;
		/* unknown, as it would be with an offload: the sum is not verified */
		image.bytes[image.at + SOURCE_PORT_AT + 16] = 0;
		pcap_packet(&c, begin_s + i, 0, span_of(image_bytes(&image), image_size(&image)));
	}
	capture_save(&c, c.n, name, path_r);
}

static int
make_captures(void **state)
{
	capture_make_directory(state);
	save_connections(1000, "connections.pcap", capture);
	for (unsigned i = 0; i < DAYS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "day%u.pcap", i);
		save_connections(1000 + i * DAY_S, name, days[i]);
	}
	return 0;
}

static int
remove_capture(void **state)
{
	return capture_remove_all(state);
}

static const struct settings common = { .limits.connections = 1000, .limits.datagrams = 100,
	.limits.share_bytes = 1,
	.vlan_track = true, .sandbox = true };

static struct read_settings
settings_for(const char *first, const char *second)
{
	files[0] = first;
	files[1] = second;
	return (struct read_settings){ .common = &common, .files = files,
		.file_count = second != NULL ? 2 : 1 };
}

static void
wait_for_it(void *ctx, const int *fds, size_t count)
{
	struct pollfd all[READ_JOBS_MAX];

	(void)ctx;
	assert_in_range(count, 1, READ_JOBS_MAX);
	for (size_t i = 0; i < count; i++)
		all[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	poll(all, count, -1);
}

static void
note_fault(void *ctx, const struct err *e)
{
	(void)ctx;
	assert_non_null(strstr(e->text, ".pcap"));
}

/* What a run says; 0 or -1 with the text of *e. */
static int
run(bool locked, const struct read_settings *settings, struct taken *taken,
    struct reader_end *end, uint64_t *received_r, struct err *e)
{
	static struct ports ports;
	static struct tally counters;
	const struct reader reader = { .settings = settings, .ports = &ports, .take = take,
		.advance = advance, .go_on = go_on, .wait = wait_for_it,
		.fault = note_fault, .ctx = taken };
	enum sandbox sandbox = SANDBOX_OFF;
	int result;

	ports.all = true;
	memset(&counters, 0, sizeof(counters));
	result = locked ? parsers_run(&reader, end, &counters, &sandbox, e) :
	    reader_run(&reader, NULL, end, &counters, e);
	if (locked && result == 0 && !taken->had_enough)
		assert_int_not_equal(sandbox, SANDBOX_OFF);
	*received_r = tally_value(&counters, "capture.received");
	return result;
}

static void
locked_and_free_are_the_same(void **state)
{
	const struct read_settings settings = settings_for(capture, NULL);
	struct taken taken[2] = { { .count = 0 }, { .count = 0 } };
	struct reader_end end[2];
	uint64_t received[2];
	struct err e;

	(void)state;
	/* the locked one first: libnids is started once in a process, which ours then is */
	for (int locked = 1; locked >= 0; locked--)
		assert_int_equal(run(locked, &settings, &taken[locked], &end[locked],
		    &received[locked], &e), 0);
	assert_int_equal(taken[1].count, taken[0].count);
	assert_true(taken[1].count > 0);
	assert_int_equal(received[1], CONNECTIONS);
	assert_int_equal(received[0], CONNECTIONS);
	assert_int_equal(end[1].last_ns, end[0].last_ns);
	assert_int_equal(end[1].files_unread, 0);
}

static void
files_that_cannot_be_opened_are_counted(void **state)
{
	const struct read_settings settings = settings_for("no-such-file.pcap", capture);
	struct taken taken = { .count = 0 };
	struct reader_end end;
	uint64_t received;
	struct err e;

	(void)state;
	assert_int_equal(run(true, &settings, &taken, &end, &received, &e), 0);
	assert_int_equal(end.files_unread, 1);
	assert_int_equal(received, CONNECTIONS);
}

static void
nobody_listens_any_more(void **state)
{
	const struct read_settings settings = settings_for(capture, NULL);
	struct taken taken = { .had_enough = true };
	struct reader_end end;
	uint64_t received;
	struct err e;

	(void)state;
	assert_int_equal(run(true, &settings, &taken, &end, &received, &e), 0);
	assert_int_equal(taken.count, 0);
}

/* One that lost a fight with its input. */
static bool
kill_it(void *ctx)
{
	pid_t pids[CHILDREN_MAX];

	(void)ctx;
	if (children(pids) > 0)
		kill(pids[0], SIGKILL);
	return true;
}

static void
its_death_is_told(void **state)
{
	const struct read_settings settings = settings_for("-", NULL);
	static struct ports ports;
	static struct tally counters;
	struct taken taken = { .count = 0 };
	const struct reader reader = { .settings = &settings, .ports = &ports, .take = take,
		.advance = advance, .go_on = kill_it, .wait = wait_for_it,
		.fault = note_fault, .ctx = &taken };
	int before = dup(STDIN_FILENO), silent[2];
	struct reader_end end;
	enum sandbox sandbox;
	struct err e = { "" };

	(void)state;
	ports.all = true;
	/* a pipe into which nobody writes: it waits, and cannot have ended before */
	assert_int_equal(pipe(silent), 0);
	dup2(silent[0], STDIN_FILENO);
	assert_int_equal(parsers_run(&reader, &end, &counters, &sandbox, &e), -1);
	dup2(before, STDIN_FILENO);
	close(before);
	close(silent[0]);
	close(silent[1]);
	assert_non_null(strstr(e.text, "ended by signal 9"));
}

static struct read_settings
settings_for_days(size_t jobs)
{
	for (unsigned i = 0; i < DAYS; i++)
		files[i] = days[i];
	return (struct read_settings){ .common = &common, .files = files, .file_count = DAYS,
		.jobs = jobs };
}

static void
days_are_read_at_once_and_told_in_order(void **state)
{
	static const size_t jobs[] = { 1, 2, 3, READ_JOBS_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		const struct read_settings settings = settings_for_days(jobs[i]);
		struct taken taken = { .count = 0 };
		struct reader_end end;
		uint64_t received;
		struct err e;

		assert_int_equal(run(true, &settings, &taken, &end, &received, &e), 0);
		assert_int_equal(taken.count, DAYS * CONNECTIONS);
		assert_int_equal(received, DAYS * CONNECTIONS);
		assert_int_equal(taken.children, jobs[i] < DAYS ? jobs[i] : DAYS);
		assert_int_equal(end.last_ns / INT64_C(1000000000),
		    1000 + (DAYS - 1) * DAY_S + CONNECTIONS - 1);
	}
}

/* As soon as there is one that reads ahead it is killed. */
static bool
kill_second(void *ctx)
{
	pid_t pids[CHILDREN_MAX];

	(void)ctx;
	if (children(pids) > 1)
		kill(pids[1], SIGKILL);
	return true;
}

static void
death_ahead_is_told_in_its_turn(void **state)
{
	const struct read_settings settings = settings_for_days(2);
	static struct ports ports;
	static struct tally counters;
	struct taken taken = { .count = 0 };
	const struct reader reader = { .settings = &settings, .ports = &ports, .take = take,
		.advance = advance, .go_on = kill_second, .wait = wait_for_it,
		.fault = note_fault, .ctx = &taken };
	struct reader_end end;
	enum sandbox sandbox;
	struct err e = { "" };

	(void)state;
	ports.all = true;
	assert_int_equal(parsers_run(&reader, &end, &counters, &sandbox, &e), -1);
	assert_non_null(strstr(e.text, "ended by signal 9"));
	assert_int_equal(taken.count, CONNECTIONS);
	assert_int_equal(tally_value(&counters, "capture.received"), CONNECTIONS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locked_and_free_are_the_same),
		cmocka_unit_test(files_that_cannot_be_opened_are_counted),
		cmocka_unit_test(nobody_listens_any_more),
		cmocka_unit_test(its_death_is_told),
		cmocka_unit_test(days_are_read_at_once_and_told_in_order),
		cmocka_unit_test(death_ahead_is_told_in_its_turn),
	};

	return cmocka_run_group_tests(tests, make_captures, remove_capture);
}
