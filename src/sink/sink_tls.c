/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Syslog over TLS (RFC 5425). The server's certificate is always verified, and the
 * name or address that was configured must stand in it (RFC 5425 section 5.2, by the
 * rules of RFC 6125): there is no switch to leave that out.
 */
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink/connector.h"
#include "sink/sink_kind.h"

struct sink_tls {
	struct sink sink;
	struct connector connector;
	SSL_CTX *context;
	SSL *ssl;		/* of the connection, once TCP has come about */
};

static const char *
expected_name(const struct sink *s)
{
	return s->set->peer_name != NULL ? s->set->peer_name : s->set->host;
}

/* What OpenSSL has to say about its last failure. */
static int
say_openssl(struct err *e, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return err_set(e, "%s: %s", what, reason != NULL ? reason : "it cannot be used");
}

/* OpenSSL would say "system lib" of a file that is not there, and wait for who writes a pipe. */
static int
look_for_files(const struct sink *s, struct err *e)
{
	const char *const files[] = { s->set->ca, s->set->cert, s->set->key };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct stat st;

		if (files[i] == NULL)
			continue;
		if (access(files[i], R_OK) != 0 || stat(files[i], &st) != 0)
			return err_set_errno(e, "%s: %s", s->label, files[i]);
		if (!S_ISREG(st.st_mode))
			return err_set(e, "%s: %s: is no regular file", s->label, files[i]);
	}
	return 0;
}

static int
load_files(struct sink_tls *t, struct err *e)
{
	const struct sink_settings *set = t->sink.set;

	if (look_for_files(&t->sink, e) < 0)
		return -1;
	if (set->ca == NULL ? SSL_CTX_set_default_verify_paths(t->context) != 1 :
	    SSL_CTX_load_verify_locations(t->context, set->ca, NULL) != 1)
		return say_openssl(e, set->ca != NULL ? set->ca : "the system's certificates");
	if (set->cert != NULL &&
	    SSL_CTX_use_certificate_chain_file(t->context, set->cert) != 1)
		return say_openssl(e, set->cert);
	if (set->key != NULL &&
	    SSL_CTX_use_PrivateKey_file(t->context, set->key, SSL_FILETYPE_PEM) != 1)
		return say_openssl(e, set->key);
	return 0;
}

static int
tls_prepare(struct sink *s, struct err *e)
{
	struct sink_tls *t = (struct sink_tls *)s;

	/* what was begun last time, and failed */
	SSL_CTX_free(t->context);
	connector_init(&t->connector, s->set, s->label, SOCK_STREAM);
	t->context = SSL_CTX_new(TLS_client_method());
	if (t->context == NULL)
		return say_openssl(e, "TLS");
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(t->context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return load_files(t, e);
}

static bool
is_address(const char *name)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static int
begin_tls(struct sink_tls *t, struct err *e)
{
	const char *name = expected_name(&t->sink);
	X509_VERIFY_PARAM *rules;

	t->ssl = SSL_new(t->context);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, t->sink.fd) != 1)
		return say_openssl(e, t->sink.label);
	SSL_set_connect_state(t->ssl);
	rules = SSL_get0_param(t->ssl);
	X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (is_address(name) ? X509_VERIFY_PARAM_set1_ip_asc(rules, name) != 1 :
	    X509_VERIFY_PARAM_set1_host(rules, name, 0) != 1 ||
	    SSL_set_tlsext_host_name(t->ssl, name) != 1)
		return say_openssl(e, name);
	return 0;
}

/* What became of an operation that returned less than 1. */
static enum sink_state
tls_result(struct sink_tls *t, int result, const char *what, struct err *e)
{
	long verified = SSL_get_verify_result(t->ssl);

	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		t->sink.wants = POLLIN;
		return SINK_WAITS;
	case SSL_ERROR_WANT_WRITE:
		t->sink.wants = POLLIN | POLLOUT;
		return SINK_WAITS;
	case SSL_ERROR_ZERO_RETURN:
		err_set(e, "%s: the other end closed the connection", t->sink.label);
		return SINK_FAILED;
	case SSL_ERROR_SYSCALL:
		err_set_errno(e, "%s: %s", t->sink.label, what);
		return SINK_FAILED;
	default:
		break;
	}
	if (verified != X509_V_OK) {
		ERR_clear_error();
		err_set(e, "%s: the certificate is not accepted: %s", t->sink.label,
		    X509_verify_cert_error_string(verified));
	} else {
		say_openssl(e, t->sink.label);
	}
	return SINK_FAILED;
}

static enum sink_state
tls_open(struct sink *s, struct err *e)
{
	struct sink_tls *t = (struct sink_tls *)s;
	int result;

	if (t->ssl == NULL) {
		result = connector_step(&t->connector, &s->fd, e);
		s->wants = POLLOUT;
		if (result <= 0)
			return result < 0 ? SINK_FAILED : SINK_WAITS;
		if (begin_tls(t, e) < 0)
			return SINK_FAILED;
	}
	ERR_clear_error();
	result = SSL_do_handshake(t->ssl);
	if (result != 1)
		return tls_result(t, result, "no TLS came about", e);
	s->wants = POLLIN;
	return SINK_READY;
}

static enum sink_state
tls_write(struct sink *s, struct span bytes, const struct moment *now, size_t *taken_r,
    struct err *e)
{
	struct sink_tls *t = (struct sink_tls *)s;
	int result;

	(void)now;
	ERR_clear_error();
	result = SSL_write_ex(t->ssl, bytes.p, bytes.n, taken_r);
	if (result != 1)
		return tls_result(t, result, "cannot be written", e);
	s->wants = POLLIN;
	return SINK_READY;
}

/* Read what TLS itself has to say (tickets, the end) and drop everything else. */
static enum sink_state
hear_peer(struct sink_tls *t, struct err *e)
{
	char unread[512];
	size_t n;
	int result;
	short wants = t->sink.wants;
	enum sink_state state;

	ERR_clear_error();
	while ((result = SSL_read_ex(t->ssl, unread, sizeof(unread), &n)) == 1)
		;
	state = tls_result(t, result, "the connection broke", e);
	t->sink.wants = wants;
	return state;
}

static enum sink_state
tls_settled(struct sink *s, struct err *e)
{
	int unsent = 0;
	bool asked = ioctl(s->fd, SIOCOUTQ, &unsent) == 0;

	if (hear_peer((struct sink_tls *)s, e) == SINK_FAILED)
		return SINK_FAILED;
	return asked && unsent > 0 ? SINK_WAITS : SINK_READY;
}

static void
tls_close(struct sink *s)
{
	struct sink_tls *t = (struct sink_tls *)s;

	if (t->ssl != NULL) {
		/* tell the peer, and do not wait for its answer */
		if (SSL_is_init_finished(t->ssl))
			(void)SSL_shutdown(t->ssl);
		SSL_free(t->ssl);
		ERR_clear_error();
	}
	t->ssl = NULL;
	sink_close_descriptor(s);
}

static void
tls_release(struct sink *s)
{
	struct sink_tls *t = (struct sink_tls *)s;

	SSL_CTX_free(t->context);
	connector_release(&t->connector);
}

const struct sink_ops sink_tls_ops = {
	.size = sizeof(struct sink_tls),
	.prepare = tls_prepare,
	.open = tls_open,
	.write = tls_write,
	.settled = tls_settled,
	.close = tls_close,
	.release = tls_release,
};
