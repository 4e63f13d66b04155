/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "run/interrupt.h"
#include "run/overlap.h"
#include "run/parsers.h"
#include "run/ports.h"
#include "run/reader.h"

struct extraction {
	const struct read_settings *settings;
	const char *output;
	int fd;			/* -1 before the first bytes */
	bool failed;
	struct err why;
	struct ports ports;
	struct tally counters;
};

static void
ignore_observation(void *ctx, const struct observation *seen)
{
	(void)ctx;
	(void)seen;
}

static void
ignore_time(void *ctx, int64_t now_ns)
{
	(void)ctx;
	(void)now_ns;
}

static bool
go_on(void *ctx)
{
	const struct extraction *x = ctx;

	return !x->failed;
}

static void
wait_for_packets(void *ctx, const int *fds, size_t count)
{
	struct pollfd inputs[READ_JOBS_MAX];
	nfds_t n = 0;

	(void)ctx;
	for (; n < count && n < READ_JOBS_MAX; n++)
		inputs[n] = (struct pollfd){ .fd = fds[n], .events = POLLIN };
	poll(inputs, n, -1);
}

static void
say(void *ctx, const struct err *e)
{
	(void)ctx;
	log_warnx("%s", e->text);
}

static void
ignore_progress(void *ctx, const struct reader_progress *so_far)
{
	(void)ctx;
	(void)so_far;
}

static bool
is_standard(const char *output)
{
	return output == NULL || strcmp(output, "-") == 0;
}

/* Only when there is something to be written: what stood there before is lost by it. */
static int
open_output(const char *output)
{
	return is_standard(output) ? STDOUT_FILENO :
	    open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

static void
write_piece(void *ctx, struct span piece)
{
	struct extraction *x = ctx;
	ssize_t written;

	if (x->fd < 0)
		x->fd = open_output(x->output);
	while (piece.n > 0 && !x->failed) {
		written = x->fd >= 0 ? write(x->fd, piece.p, piece.n) : -1;
		if (written < 0 && errno == EINTR && !interrupt_came())
			continue;
		x->failed = written < 0;
		if (x->failed)
			err_set_errno(&x->why, "%s", is_standard(x->output) ?
			    "standard output" : x->output);
		else
			span_skip(&piece, (size_t)written);
	}
}

static int
check(struct extraction *x, struct err *e)
{
	const struct read_settings *s = x->settings;

	if (is_standard(x->output) && isatty(STDOUT_FILENO) == 1)
		return err_set(e, "a capture file is nothing for a terminal; say -w FILE");
	if (overlap_check(x->output, s->files, s->file_count, e) < 0 ||
	    ports_parse(&x->ports, s->common->ports, e) < 0)
		return -1;
	return reader_check(s, e);
}

static enum exit_status
run(struct extraction *x, struct err *e)
{
	const struct read_settings *s = x->settings;
	const struct evidence_limits limits = { .connection_bytes = EXTRACT_BYTES_MAX,
		.all_bytes = SIZE_MAX, .only = s->flow_id };
	const struct reader reader = { .settings = s, .ports = &x->ports,
		.take = ignore_observation, .advance = ignore_time, .go_on = go_on,
		.wait = wait_for_packets, .fault = say, .progress = ignore_progress, .ctx = x,
		.evidence = &limits, .keep = write_piece };
	struct reader_end end;
	enum sandbox sandbox;
	int result = s->common->sandbox ?
	    parsers_run(&reader, &end, &x->counters, &sandbox, e) :
	    reader_run(&reader, NULL, &end, &x->counters, e);

	if (x->fd > STDOUT_FILENO && close(x->fd) != 0 && !x->failed) {
		x->failed = true;
		err_set_errno(&x->why, "%s", x->output);
	}
	if (x->failed) {
		*e = x->why;
		return EXIT_INTERNAL;
	}
	if (result < 0)
		return EXIT_INTERNAL;
	if (x->fd >= 0)
		return end.files_unread > 0 || interrupt_came() ? EXIT_SOME_UNREAD : EXIT_ALL_READ;
	err_set(e, "there is no connection %llu", (unsigned long long)s->flow_id);
	return EXIT_SOME_UNREAD;
}

enum exit_status
extract_run(const struct read_settings *settings, const char *output, struct err *e)
{
	struct extraction *x = calloc(1, sizeof(*x));
	enum exit_status status;

	if (x == NULL) {
		err_set_errno(e, "extract");
		return EXIT_INTERNAL;
	}
	x->settings = settings;
	x->output = output;
	x->fd = -1;
	interrupt_catch();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	e->text[0] = '\0';
	status = check(x, e) < 0 ? EXIT_USAGE : run(x, e);
	free(x);
	return status;
}
