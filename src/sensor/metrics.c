/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/metrics.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "event/prometheus.h"
#include "sensor/timer.h"

enum { CONNECTIONS_MAX = 16, CONNECTION_BYTES = 16 * 1024, SILENCE_MAX_S = 5 };

/* There is room for newcomers: they are served, and the oldest go. */
enum { PLACES = 2 * CONNECTIONS_MAX };

#define LIFE_MAX_NS INT64_C(10000000000)

struct metrics {
	struct metrics_source source;
	const char *version;
	struct MHD_Daemon *daemon;
	size_t count;
	struct {
		struct MHD_Connection *connection;
		int64_t since_ns;
	} open[PLACES];	/* the oldest comes first */
};

static const char text_type[] = "text/plain; charset=utf-8";
static const char prometheus_type[] = "text/plain; version=0.0.4; charset=utf-8";

/* Takes the response over. */
static enum MHD_Result
answer(struct MHD_Connection *connection, unsigned status, const char *type,
    struct MHD_Response *response)
{
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
answer_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
	return answer(connection, status, text_type, MHD_create_response_from_buffer(strlen(text),
	    (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result
answer_metrics(struct metrics *m, struct MHD_Connection *connection)
{
	struct prometheus *p = prometheus_new();
	char *text = NULL;
	size_t n = 0;

	if (p != NULL) {
		m->source.counters(m->source.ctx, prometheus_counter, p);
		text = prometheus_text(p, m->version, &n);
	}
	prometheus_free(&p);
	if (text == NULL)
		return answer_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "no memory\n");
	return answer(connection, MHD_HTTP_OK, prometheus_type,
	    MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE));
}

static enum MHD_Result
answer_ready(struct metrics *m, struct MHD_Connection *connection)
{
	const char *why = m->source.not_ready(m->source.ctx);

	return why == NULL ? answer_text(connection, MHD_HTTP_OK, "ready\n") :
	    answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, why);
}

/* One request, called by the library from metrics_work(). */
static enum MHD_Result
take_request(void *ctx, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *body, size_t *body_n, void **state)
{
	struct metrics *m = ctx;

	(void)version;
	(void)body;
	(void)state;
	if (*body_n > 0)
		return MHD_NO;	/* nobody has anything to tell us */
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET\n");
	if (strcmp(path, "/metrics") == 0)
		return answer_metrics(m, connection);
	if (strcmp(path, "/healthz") == 0)
		return answer_text(connection, MHD_HTTP_OK, "ok\n");
	if (strcmp(path, "/readyz") == 0)
		return answer_ready(m, connection);
	return answer_text(connection, MHD_HTTP_NOT_FOUND, "/metrics, /healthz or /readyz\n");
}

/* Called by the library from metrics_work(). */
static void
note_connection(void *ctx, struct MHD_Connection *connection, void **state,
    enum MHD_ConnectionNotificationCode what)
{
	struct metrics *m = ctx;

	(void)state;
	if (what == MHD_CONNECTION_NOTIFY_STARTED && m->count < PLACES) {
		m->open[m->count].connection = connection;
		m->open[m->count++].since_ns = timer_now_ns();
		return;
	}
	for (size_t i = 0; i < m->count; i++) {
		if (m->open[i].connection != connection)
			continue;
		m->count--;
		memmove(&m->open[i], &m->open[i + 1], (m->count - i) * sizeof(m->open[0]));
	}
}

/*
 * The library ends who is silent. Who says a little now and then is ended here after a
 * while, and where too many are there those who came first: an answer takes milliseconds.
 */
static void
end_old_ones(struct metrics *m)
{
	const int64_t now_ns = timer_now_ns();

	for (size_t i = 0; i < m->count; i++) {
		const union MHD_ConnectionInfo *info;

		if (now_ns - m->open[i].since_ns < LIFE_MAX_NS && m->count - i <= CONNECTIONS_MAX)
			return;
		info = MHD_get_connection_info(m->open[i].connection,
		    MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info != NULL)
			shutdown(info->connect_fd, SHUT_RDWR);
	}
}

struct metrics *
metrics_open(int listener, const struct metrics_source *source, const char *version,
    struct err *e)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		err_set_errno(e, "metrics");
		close(listener);
		return NULL;
	}
	m->source = *source;
	m->version = version;
	/* the socket is the daemon's from here on */
	m->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL,
	    take_request, m, MHD_OPTION_LISTEN_SOCKET, listener,
	    MHD_OPTION_NOTIFY_CONNECTION, note_connection, m,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)PLACES,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_MAX_S, MHD_OPTION_END);
	if (m->daemon == NULL) {
		err_set(e, "metrics: the HTTP server cannot be started");
		metrics_free(&m);
	}
	return m;
}

int
metrics_descriptor(const struct metrics *m)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(m->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	return info != NULL ? info->epoll_fd : -1;
}

int
metrics_timeout_ms(const struct metrics *m)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(m->daemon, &ms) != MHD_YES)
		return -1;
	return ms < 60000 ? (int)ms : 60000;
}

void
metrics_work(struct metrics *m)
{
	MHD_run(m->daemon);
	end_old_ones(m);
}

unsigned
metrics_port(const struct metrics *m)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(m->daemon, MHD_DAEMON_INFO_LISTEN_FD);
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);

	if (info == NULL || getsockname(info->listen_fd, (struct sockaddr *)&address, &length) < 0)
		return 0;
	if (address.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&address)->sin_port);
	return address.ss_family == AF_INET6 ?
	    ntohs(((struct sockaddr_in6 *)&address)->sin6_port) : 0;
}

void
metrics_free(struct metrics **m)
{
	if (*m == NULL)
		return;
	if ((*m)->daemon != NULL)
		MHD_stop_daemon((*m)->daemon);
	free(*m);
	*m = NULL;
}
