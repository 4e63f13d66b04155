/* SPDX-License-Identifier: GPL-2.0-or-later */
/* getaddrinfo_a(3) */
#include "config.h"

#include "sink/connector.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/text.h"

/* A peer that acknowledges nothing for so long has gone. */
enum { UNACKNOWLEDGED_MS = 30000, NAME_SIZE = 256, SERVICE_SIZE = 16 };

/* What the resolver holds on to: it has a life of its own. */
struct lookup {
	struct gaicb request;
	struct addrinfo hints;
	char host[NAME_SIZE], port[SERVICE_SIZE];
};

void
connector_init(struct connector *c, const struct sink_settings *set, const char *label, int type)
{
	*c = (struct connector){ .host = set->host, .port = set->port, .label = label,
		.type = type };
	/*
	 * The resolver's thread wants this when it ends, and ends the program without: a sandbox
	 * that comes later would not let it be loaded.
	 */
	(void)dlopen("libgcc_s.so.1", RTLD_NOW);
}

static int
begin_lookup(struct connector *c, struct err *e)
{
	struct lookup *l = calloc(1, sizeof(*l));
	struct gaicb *list[1];
	int fault;

	if (l == NULL)
		return err_set_errno(e, "%s", c->label);
	text_copy(l->host, sizeof(l->host), c->host);
	text_copy(l->port, sizeof(l->port), c->port);
	l->hints = (struct addrinfo){ .ai_socktype = c->type, .ai_flags = AI_ADDRCONFIG };
	l->request = (struct gaicb){ .ar_name = l->host, .ar_service = l->port,
		.ar_request = &l->hints };
	list[0] = &l->request;
	fault = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
	if (fault != 0) {
		free(l);
		return err_set(e, "%s: the name cannot be looked up: %s", c->label,
		    gai_strerror(fault));
	}
	c->lookup = l;
	return 0;
}

/* 1 when there is an answer, 0 while there is none, -1 with *e set. */
static int
end_lookup(struct connector *c, struct err *e)
{
	int fault = gai_error(&c->lookup->request);

	if (fault == EAI_INPROGRESS)
		return 0;
	if (fault == 0)
		c->found = c->next = c->lookup->request.ar_result;
	free(c->lookup);
	c->lookup = NULL;
	return fault == 0 ? 1 : err_set(e, "%s: the name is not known: %s", c->label,
	    gai_strerror(fault));
}

/* An address that is written out needs nobody's answer. */
static bool
is_number(struct connector *c)
{
	struct addrinfo hints = { .ai_socktype = c->type,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };

	if (getaddrinfo(c->host, c->port, &hints, &c->found) != 0)
		return false;
	c->next = c->found;
	return true;
}

static int
look_up(struct connector *c, struct err *e)
{
	if (c->lookup != NULL)
		return end_lookup(c, e);
	if (c->found != NULL)
		freeaddrinfo(c->found);
	c->found = c->next = NULL;
	if (is_number(c))
		return 1;
	return begin_lookup(c, e);
}

static int
try_next(struct connector *c, int *fd, struct err *e)
{
	const struct addrinfo *address = c->next;
	int limit_ms = UNACKNOWLEDGED_MS, on = 1;

	c->next = address->ai_next;
	*fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    address->ai_protocol);
	if (*fd < 0)
		return err_set_errno(e, "%s", c->label);
	if (c->type == SOCK_STREAM) {
		(void)setsockopt(*fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof(limit_ms));
		(void)setsockopt(*fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	if (connect(*fd, address->ai_addr, address->ai_addrlen) == 0)
		return 1;
	if (errno == EINPROGRESS)
		return 0;
	return err_set_errno(e, "%s: cannot be reached", c->label);
}

static int
ask_socket(struct connector *c, int fd, struct err *e)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(int);
	int fault = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &length) == 0 && fault != 0) {
		errno = fault;
		return err_set_errno(e, "%s: cannot be reached", c->label);
	}
	length = sizeof(peer);
	return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 ? 1 : 0;
}

int
connector_step(struct connector *c, int *fd, struct err *e)
{
	int answered;

	if (*fd >= 0)
		return ask_socket(c, *fd, e);
	if (c->next == NULL) {
		answered = look_up(c, e);
		if (answered <= 0)
			return answered;
	}
	return try_next(c, fd, e);
}

void
connector_release(struct connector *c)
{
	struct lookup *l = c->lookup;

	/* one that cannot be called off is left to the resolver, which still writes to it */
	if (l != NULL && gai_cancel(&l->request) != EAI_NOTCANCELED) {
		if (gai_error(&l->request) == 0 && l->request.ar_result != NULL)
			freeaddrinfo(l->request.ar_result);
		free(l);
	}
	if (c->found != NULL)
		freeaddrinfo(c->found);
	c->lookup = NULL;
	c->found = c->next = NULL;
}
