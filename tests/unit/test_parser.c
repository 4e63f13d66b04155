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
#include "run/parser.h"

enum { CONNECTIONS = 120, SOURCE_PORT_AT = 34 };

static char capture[CAPTURE_PATH_SIZE];
static const char *files[2];

struct taken {
	unsigned count;
	bool had_enough;
};

static void
take(void *ctx, const struct observation *seen)
{
	struct taken *t = ctx;

	assert_true(seen->final);
	t->count++;
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
static int
make_capture(void **state)
{
	static struct capture c;
	struct image image;

	capture_make_directory(state);
	pcap_begin(&c, false, false, DLT_EN10MB);
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		image_build(&image, "eth ip4 tcp");
		image.bytes[image.at + SOURCE_PORT_AT] = 0x80;
		image.bytes[image.at + SOURCE_PORT_AT + 1] = (uint8_t)i;
		/* unknown, as it would be with an offload: the sum is not verified */
		image.bytes[image.at + SOURCE_PORT_AT + 16] = 0;
		pcap_packet(&c, 1000 + i, 0, span_of(image_bytes(&image), image_size(&image)));
	}
	capture_save(&c, c.n, "connections.pcap", capture);
	return 0;
}

static int
remove_capture(void **state)
{
	return capture_remove_all(state);
}

static const struct settings common = { .limits.connections = 1000, .limits.datagrams = 100,
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
wait_for_it(void *ctx, int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	(void)ctx;
	poll(&one, 1, -1);
}

/* What a run says; 0 or -1 with the text of *e. */
static int
run(bool locked, const struct read_settings *settings, struct taken *taken,
    struct reader_end *end, uint64_t *received_r, struct err *e)
{
	static struct ports ports;
	static struct tally counters;
	const struct reader reader = { .settings = settings, .ports = &ports, .take = take,
		.advance = advance, .go_on = go_on, .wait = wait_for_it, .ctx = taken };
	enum sandbox sandbox = SANDBOX_OFF;
	int result;

	ports.all = true;
	memset(&counters, 0, sizeof(counters));
	result = locked ? parser_run(&reader, end, &counters, &sandbox, e) :
	    reader_run(&reader, end, &counters, e);
	if (locked && result == 0 && !taken->had_enough)
		assert_int_not_equal(sandbox, SANDBOX_OFF);
	*received_r = tally_value(&counters, "capture.received");
	return result;
}

static void
locked_and_free_are_the_same(void **state)
{
	const struct read_settings settings = settings_for(capture, NULL);
	struct taken taken[2] = { { 0, false }, { 0, false } };
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
	struct taken taken = { 0, false };
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
	struct taken taken = { 0, true };
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
	char path[64], text[64] = "";
	FILE *children;

	(void)ctx;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", getpid(), getpid());
	children = fopen(path, "r");
	assert_non_null(children);
	if (fgets(text, sizeof(text), children) != NULL)
		kill((pid_t)strtol(text, NULL, 10), SIGKILL);
	fclose(children);
	return true;
}

static void
its_death_is_told(void **state)
{
	const struct read_settings settings = settings_for("-", NULL);
	static struct ports ports;
	static struct tally counters;
	struct taken taken = { 0, false };
	const struct reader reader = { .settings = &settings, .ports = &ports, .take = take,
		.advance = advance, .go_on = kill_it, .wait = wait_for_it,
		.ctx = &taken };
	int before = dup(STDIN_FILENO), silent[2];
	struct reader_end end;
	enum sandbox sandbox;
	struct err e = { "" };

	(void)state;
	ports.all = true;
	/* a pipe into which nobody writes: it waits, and cannot have ended before */
	assert_int_equal(pipe(silent), 0);
	dup2(silent[0], STDIN_FILENO);
	assert_int_equal(parser_run(&reader, &end, &counters, &sandbox, &e), -1);
	dup2(before, STDIN_FILENO);
	close(before);
	close(silent[0]);
	close(silent[1]);
	assert_non_null(strstr(e.text, "ended by signal 9"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locked_and_free_are_the_same),
		cmocka_unit_test(files_that_cannot_be_opened_are_counted),
		cmocka_unit_test(nobody_listens_any_more),
		cmocka_unit_test(its_death_is_told),
	};

	return cmocka_run_group_tests(tests, make_capture, remove_capture);
}
