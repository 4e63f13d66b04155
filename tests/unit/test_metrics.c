/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Prometheus is told, by the rules of its text format, and the server that tells it. */
#include "unit.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "event/prometheus.h"
#include "run/metrics_listen.h"
#include "sensor/metrics.h"

static const struct counter counters[] = {
	{ "capture.received", 39 }, { "decode.bad_ip", 2 }, { "decode.fragment.lost", 0 },
	{ "flow.active", 7 }, { "stream.gap_bytes", 99 }, { "dialect.smtp.upgraded", 5 },
	{ "dialect.imap.absent", 1 }, { "dialect.smtp.absent", 3 }, { "alerts.downgrade", 4 },
	{ "alerts.policy", 0 }, { "sink.output.written", 11 }, { "sink.output.queued", 6 },
	{ "sink.siem-1.written", 12 }, { "sink.siem-1.queued", 0 }, { "memory.rss", 1048576 },
	{ "uptime", 86400 }, { "odd.a\"b\\c\nd", 1 }, { "sink.x\"y\n.written", 1 },
};

static void
visit_all(void *ctx, counter_visit *visit, void *visit_ctx)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		visit(visit_ctx, counters[i].name, counters[i].value);
}

static char *
exposition(void)
{
	struct prometheus *p = prometheus_new();
	size_t n;
	char *text;

	visit_all(NULL, prometheus_counter, p);
	text = prometheus_text(p, "0.1.0", &n);
	assert_int_equal(strlen(text), n);
	prometheus_free(&p);
	return text;
}

static void
has_line(const char *text, const char *line)
{
	char wanted[256];

	snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	if (strstr(text, wanted) == NULL)
		fail_msg("no line: %s\n%s", line, text);
}

static void
counters_have_their_names_and_units(void **state)
{
	char *text = exposition();

	(void)state;
	has_line(text, "stripwatch_build_info{version=\"0.1.0\"} 1");
	has_line(text, "# TYPE stripwatch_capture_received_total counter");
	has_line(text, "stripwatch_capture_received_total 39");
	has_line(text, "stripwatch_decode_fragment_lost_total 0");
	has_line(text, "# TYPE stripwatch_flow_active gauge");
	has_line(text, "stripwatch_flow_active 7");
	has_line(text, "stripwatch_stream_gap_bytes_total 99");
	has_line(text, "stripwatch_sessions_total{dialect=\"smtp\",outcome=\"upgraded\"} 5");
	has_line(text, "stripwatch_alerts_total{category=\"downgrade\"} 4");
	has_line(text, "stripwatch_sink_written_total{sink=\"siem-1\"} 12");
	has_line(text, "# TYPE stripwatch_sink_queued gauge");
	has_line(text, "stripwatch_sink_queued{sink=\"output\"} 6");
	has_line(text, "stripwatch_memory_rss_bytes 1048576");
	has_line(text, "stripwatch_uptime_seconds 86400");
	has_line(text, "stripwatch_odd_a_b_c_d_total 1");
	free(text);
}

static bool
is_name(const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = word[i];

		if (!((c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
			return false;
	}
	return n > 0;
}

/* {name="value",name="value"} */
static const char *
past_labels(const char *at)
{
	if (*at != '{')
		return at;
	do {
		size_t n = strcspn(++at, "=");

		assert_true(is_name(at, n));
		at += n + 1;
		assert_int_equal(*at, '"');
		at += 1 + strcspn(at + 1, "\"\\\n");
		assert_int_equal(*at, '"');
		at++;
	} while (*at == ',');
	assert_int_equal(*at, '}');
	return at + 1;
}

/*
 * Each line is a comment or NAME{LABELS} VALUE; a family stands in one piece, behind its HELP
 * and its TYPE; no sample stands twice; counters end in _total; the text ends with a line feed.
 */
static void
the_text_keeps_the_rules_of_the_format(void **state)
{
	char *text = exposition(), *rest = text, *line, family[128] = "", seen[8192] = "\n";
	bool help = false, type = false;

	(void)state;
	assert_int_equal(text[strlen(text) - 1], '\n');
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		size_t n = strncmp(line, "# ", 2) == 0 ? strcspn(line + 7, " ") :
		    strcspn(line, "{ ");
		const char *name = strncmp(line, "# ", 2) == 0 ? line + 7 : line, *value;
		char this[128];

		assert_true(is_name(name, n));
		snprintf(this, sizeof(this), "\n%.*s\n", (int)n, name);
		if (strcmp(this, family) != 0) {
			assert_null(strstr(seen, this));	/* it was left, and comes again */
			strncat(seen, this + 1, sizeof(seen) - strlen(seen) - 1);
			memcpy(family, this, sizeof(family));
			help = type = false;
		}
		if (strncmp(line, "# HELP ", 7) == 0) {
			assert_false(help || type);
			help = true;
			continue;
		}
		if (strncmp(line, "# TYPE ", 7) == 0) {
			assert_true(help && !type);
			type = true;
			assert_int_equal(strcmp(line + 7 + n, " counter") == 0,
			    n > 6 && strncmp(name + n - 6, "_total", 6) == 0);
			continue;
		}
		if (!help || !type)
			fail_msg("no head: %s", line);
		value = past_labels(line + n);
		assert_int_equal(*value, ' ');
		assert_int_equal(strspn(value + 1, "0123456789"), strlen(value + 1));
		assert_true(strlen(value) > 1);
	}
	free(text);
}

static void
there_is_a_limit_that_is_told(void **state)
{
	struct prometheus *p = prometheus_new();
	char name[32], *text;
	size_t n;

	(void)state;
	/* nor are figures needed: none has come yet when the first one asks */
	text = prometheus_text(p, "1", &n);
	has_line(text, "stripwatch_metrics_left_out 0");
	free(text);
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "room.counter_%d", i);
		prometheus_counter(p, name, 1);
	}
	text = prometheus_text(p, "1", &n);
	has_line(text, "stripwatch_metrics_left_out 952");
	free(text);
	prometheus_free(&p);
}

/* --- The server --- */

static const char *why_not;

static const char *
not_ready(void *ctx)
{
	(void)ctx;
	return why_not;
}

static const struct metrics_source source = { NULL, visit_all, not_ready };

static struct metrics *
open_on(const char *listen, struct err *e)
{
	const int fd = metrics_listen(listen, e);

	return fd >= 0 ? metrics_open(fd, &source, "0.1.0", e) : NULL;
}

/* One request, and the answer to it. */
static void
ask(struct metrics *m, const char *path, const char *request, char *answer_r, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t n = 0;

	text_copy(address.sun_path, sizeof(address.sun_path), path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
	for (int turns = 0; turns < 1000; turns++) {
		struct pollfd fds[2] = { { metrics_descriptor(m), POLLIN, 0 }, { fd, POLLIN, 0 } };
		int timeout_ms = metrics_timeout_ms(m);
		ssize_t got;

		assert_true(poll(fds, 2, timeout_ms < 0 ? 10000 : timeout_ms) >= 0);
		metrics_work(m);
		if (fds[1].revents == 0)
			continue;
		got = recv(fd, answer_r + n, size - 1 - n, MSG_DONTWAIT);
		if (got == 0)
			break;
		n += got > 0 ? (size_t)got : 0;
	}
	answer_r[n] = '\0';
	close(fd);
}

static void
it_answers(void **state)
{
	static const struct {
		const char *request, *why_not, *status, *holds;
	} rows[] = {
		{ "GET /metrics HTTP/1.0\r\n\r\n", NULL, "200",
		    "\nstripwatch_capture_received_total 39\n" },
		{ "GET /metrics HTTP/1.0\r\n\r\n", NULL, "200", "version=0.0.4" },
		{ "HEAD /metrics HTTP/1.0\r\n\r\n", NULL, "200", "Content-Length" },
		{ "GET /healthz HTTP/1.0\r\n\r\n", "no", "200", "ok" },
		{ "GET /readyz HTTP/1.0\r\n\r\n", NULL, "200", "ready" },
		{ "GET /readyz HTTP/1.0\r\n\r\n", "eth0 is down\n", "503", "eth0 is down" },
		{ "GET / HTTP/1.0\r\n\r\n", NULL, "404", "/readyz" },
		{ "DELETE /metrics HTTP/1.0\r\n\r\n", NULL, "405", "only GET" },
		{ "nonsense\r\n\r\n", NULL, "", "" },
	};
	char path[] = "metrics-XXXXXX", listen[32], answer[8192], status[16];
	struct metrics *m;
	struct err e = { "" };

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(listen, sizeof(listen), "unix:%s/s", path);
	m = open_on(listen, &e);
	if (m == NULL)
		fail_msg("%s", e.text);
	assert_null(open_on(listen, &e));	/* somebody listens there */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		why_not = rows[i].why_not;
		ask(m, listen + 5, rows[i].request, answer, sizeof(answer));
		snprintf(status, sizeof(status), " %s", rows[i].status);
		if (strstr(answer, status) == NULL && rows[i].status[0] != '\0')
			fail_msg("%s: %s", rows[i].request, answer);
		assert_non_null(strstr(answer, rows[i].holds));
	}
	metrics_free(&m);
	/* what a program that died left behind is replaced */
	m = open_on(listen, &e);
	assert_non_null(m);
	metrics_free(&m);
	unlink(listen + 5);
	rmdir(path);
}

static void
it_listens_on_this_machine_only(void **state)
{
	static const char *const wrong[] = { "0.0.0.0:9417", "[::]:9417", "9417", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:70000", "unix:", "192.0.2.1:80", "" };
	struct metrics *m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_null(open_on(wrong[i], &e));
		assert_non_null(strstr(e.text, "metrics: "));
		assert_int_equal(metrics_listen_check(wrong[i], &e), -1);
	}
	m = open_on("127.0.0.1:0", &e);
	assert_non_null(m);
	assert_true(metrics_port(m) > 0);
	assert_true(metrics_descriptor(m) >= 0);
	metrics_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_have_their_names_and_units),
		cmocka_unit_test(the_text_keeps_the_rules_of_the_format),
		cmocka_unit_test(there_is_a_limit_that_is_told),
		cmocka_unit_test(it_answers),
		cmocka_unit_test(it_listens_on_this_machine_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
