/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP (RFC 5426) and TCP (RFC 6587): a connected socket, and nothing on top of it. */
#include <poll.h>
#include <sys/socket.h>

#include "sink/connector.h"
#include "sink/sink_kind.h"

struct sink_network {
	struct sink sink;
	struct connector connector;
};

static int
network_prepare(struct sink *s, struct err *e)
{
	struct sink_network *n = (struct sink_network *)s;

	(void)e;
	s->datagram = s->set->kind == SINK_SYSLOG_UDP;
	connector_init(&n->connector, s->set, s->label,
	    s->datagram ? SOCK_DGRAM : SOCK_STREAM);
	return 0;
}

static enum sink_state
network_open(struct sink *s, struct err *e)
{
	struct sink_network *n = (struct sink_network *)s;
	int result = connector_step(&n->connector, &s->fd, e);

	s->wants = result == 0 ? POLLOUT : POLLIN;
	return result < 0 ? SINK_FAILED : result == 0 ? SINK_WAITS : SINK_READY;
}

static enum sink_state
network_write(struct sink *s, struct span bytes, const struct moment *now, size_t *taken_r,
    struct err *e)
{
	(void)now;
	return sink_send(s, bytes, taken_r, e);
}

static void
network_release(struct sink *s)
{
	connector_release(&((struct sink_network *)s)->connector);
}

const struct sink_ops sink_udp_ops = {
	.size = sizeof(struct sink_network),
	.prepare = network_prepare,
	.open = network_open,
	.write = network_write,
	.settled = sink_peer_there,	/* an ICMP error says that it was not */
	.close = sink_close_descriptor,
	.release = network_release,
};

const struct sink_ops sink_tcp_ops = {
	.size = sizeof(struct sink_network),
	.prepare = network_prepare,
	.open = network_open,
	.write = network_write,
	.settled = sink_stream_settled,
	.close = sink_close_descriptor,
	.release = network_release,
};
