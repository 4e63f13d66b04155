/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that knows libnids. */
#include "stream/nids_engine.h"

#include <arpa/inet.h>
#include <nids.h>
#include <pcap.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum {
	IP_HEADER_BYTES = 20,
	TCP_HEADER_BYTES = 20,
	HEADERS_BYTES = IP_HEADER_BYTES + TCP_HEADER_BYTES,
	OPTION_BYTES = 4,
	WINDOW_SCALE = 14,	/* the largest: a window of 1 GB drops nothing */
	WINDOW = 65535,
	SURROGATE_SERVER = 0x7f000001,
	CONNECTIONS_MAX = 1 << 22,	/* libnids alone takes 1.2 GB for these */
};

/* A client address with the connection's index; the real ones stay in the flow table. */
#define SURROGATE_CLIENT UINT32_C(0x80000000)

/* Let libnids' window follow when one side is never seen to acknowledge. */
#define ACK_DISTANCE INT32_C(0x10000000)

/*
 * libnids keeps its state in globals and calls back without a context, so this
 * one cannot be anybody's member either.
 */
static struct {
	size_t connections_max;		/* 0 until libnids is initialised */
	engine_deliver *deliver;
	void *ctx;
	struct tcp_stream *opened;	/* by the packet being fed */
	char *spare;			/* a buffer that libnids allocated, or NULL */
	int spare_bytes;
	struct pcap_pkthdr header;	/* libnids keeps a pointer to it */
	alignas(8) uint8_t packet[HEADERS_BYTES + ENGINE_PIECE_MAX];
} engine;

static struct nids_chksum_ctl no_checksums[] = {
	{ .netaddr = 0, .mask = 0, .action = NIDS_DONT_CHKSUM },
};

static void
on_warning(int type, int error, struct ip *ip, void *data)
{
	/* What we feed is never wrong; what is wrong with traffic is counted elsewhere. */
	(void)type;
	(void)error;
	(void)ip;
	(void)data;
}

static void
on_no_memory(char *where)
{
	/* libnids uses the missing memory if this returns. */
	log_warnx("out of memory in libnids (%s)", where);
	exit(EXIT_FAILURE);
}

/* Called by libnids, whose client half holds what the client received: the server's. */
static void
on_tcp(struct tcp_stream *ts, void **unused)
{
	struct half_stream *half = ts->client.count_new > 0 ? &ts->client : &ts->server;
	enum side from = half == &ts->client ? SIDE_SERVER : SIDE_CLIENT;

	(void)unused;
	if (ts->nids_state == NIDS_JUST_EST) {
		ts->client.collect = 1;
		ts->server.collect = 1;
		engine.opened = ts;
	} else if (ts->nids_state == NIDS_DATA && half->count_new > 0) {
		engine.deliver(engine.ctx, ntohl(ts->addr.saddr) & ~SURROGATE_CLIENT,
		    from, span_of(half->data, (size_t)half->count_new));
	}
}

static int
initialise(size_t connections_max, struct err *e)
{
	/* libnids takes callbacks as object pointers, which ISO C has no cast for. */
	union {
		void (*function)(struct tcp_stream *, void **);
		void *object;
	} callback = { .function = on_tcp };

	/* It evicts beyond 3/4 of this, which can then never happen. */
	nids_params.n_tcp_streams = (int)(connections_max / 3 * 4 + 8);
	nids_params.n_hosts = 1;
	nids_params.scan_num_hosts = 0;		/* its scan detector can be crashed */
	nids_params.syslog = on_warning;
	nids_params.no_mem = on_no_memory;
	nids_params.tcp_workarounds = 0;
	nids_params.tcp_flow_timeout = 0;
	nids_params.multiproc = 0;
	nids_params.one_loop_less = 0;
	nids_params.pcap_desc = pcap_open_dead(DLT_RAW, 65535);
	if (nids_params.pcap_desc == NULL || !nids_init())
		return err_set(e, "libnids does not start: %s", nids_errbuf);
	nids_register_chksum_ctl(no_checksums, 1);
	nids_register_tcp(callback.object);
	engine.connections_max = connections_max;
	return 0;
}

int
engine_start(size_t connections_max, engine_deliver *deliver, void *ctx, struct err *e)
{
	if (engine.deliver != NULL)
		return err_set(e, "libnids serves one stream at a time");
	if (connections_max > CONNECTIONS_MAX)
		return err_set(e, "cannot follow %zu connections at once, at most %d",
		    connections_max, CONNECTIONS_MAX);
	if (engine.connections_max == 0 && initialise(connections_max, e) == -1)
		return -1;
	if (connections_max > engine.connections_max)
		return err_set(e, "libnids was started for %zu connections, not for %zu",
		    engine.connections_max, connections_max);
	engine.deliver = deliver;
	engine.ctx = ctx;
	return 0;
}

void
engine_stop(void)
{
	engine.deliver = NULL;
	engine.ctx = NULL;
	free(engine.spare);
	engine.spare = NULL;
}

static void
put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void
put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value & 0xffff);
}

/* Who sends what; written out as a packet by send_packet(). */
struct header {
	uint32_t address[2];	/* sender, receiver */
	uint16_t port[2];
	uint32_t seq, ack;
	uint8_t flags;
	size_t options_bytes;
};

/* Fresh headers (RFC 791, RFC 9293) before the bytes that engine.packet has already. */
static void
send_packet(const struct header *h, size_t body_bytes)
{
	uint8_t *ip = engine.packet, *tcp = ip + IP_HEADER_BYTES;
	size_t n = HEADERS_BYTES + body_bytes;

	memset(ip, 0, HEADERS_BYTES);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)n);
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	put32(ip + 12, h->address[0]);
	put32(ip + 16, h->address[1]);
	put16(tcp, h->port[0]);
	put16(tcp + 2, h->port[1]);
	put32(tcp + 4, h->seq);
	put32(tcp + 8, h->ack);
	tcp[12] = (uint8_t)((TCP_HEADER_BYTES + h->options_bytes) / 4 << 4);
	tcp[13] = h->flags;
	put16(tcp + 14, WINDOW);
	engine.header.caplen = engine.header.len = (bpf_u_int32)n;
	nids_pcap_handler(NULL, &engine.header, engine.packet);
}

struct tcp_stream *
engine_open(uint32_t index, const uint16_t port[2], const uint32_t first[2])
{
	static const uint8_t option[OPTION_BYTES] = { 3, 3, WINDOW_SCALE, 0 };
	const uint32_t client = SURROGATE_CLIENT | index;
	const struct header syn = {
		.address = { client, SURROGATE_SERVER },
		.port = { port[SIDE_CLIENT], port[SIDE_SERVER] },
		.seq = first[SIDE_CLIENT] - 1,
		.flags = TH_SYN,
		.options_bytes = OPTION_BYTES,
	};
	const struct header syn_ack = {
		.address = { SURROGATE_SERVER, client },
		.port = { port[SIDE_SERVER], port[SIDE_CLIENT] },
		.seq = first[SIDE_SERVER] - 1,
		.ack = first[SIDE_CLIENT],
		.flags = TH_SYN | TH_ACK,
		.options_bytes = OPTION_BYTES,
	};
	const struct header ack = {
		.address = { client, SURROGATE_SERVER },
		.port = { port[SIDE_CLIENT], port[SIDE_SERVER] },
		.seq = first[SIDE_CLIENT],
		.ack = first[SIDE_SERVER],
		.flags = TH_ACK,
	};

	engine.opened = NULL;
	memcpy(engine.packet + HEADERS_BYTES, option, sizeof(option));
	send_packet(&syn, OPTION_BYTES);
	send_packet(&syn_ack, OPTION_BYTES);
	send_packet(&ack, 0);
	return engine.opened;
}

/*
 * Once a direction has delivered, libnids keeps a buffer for it, which is empty
 * between two packets: one goes round among all connections.
 */
static void
lend_buffer(struct half_stream *half)
{
	if (half->data != NULL || engine.spare == NULL)
		return;
	half->data = engine.spare;
	half->bufsize = engine.spare_bytes;
	engine.spare = NULL;
}

static void
take_buffer(struct half_stream *half)
{
	if (half->data == NULL || half->count != half->offset)
		return;
	if (engine.spare == NULL) {
		engine.spare = half->data;
		engine.spare_bytes = half->bufsize;
	} else {
		free(half->data);
	}
	half->data = NULL;
	half->bufsize = 0;
}

static const struct half_stream *
half_of(const struct tcp_stream *ts, enum side side)
{
	return side == SIDE_CLIENT ? &ts->client : &ts->server;
}

/* The next byte of that side that libnids waits for; its receiver counts what came. */
static uint32_t
expected(const struct tcp_stream *ts, enum side from)
{
	return half_of(ts, from)->first_data_seq +
	    (uint32_t)half_of(ts, side_other(from))->count;
}

/* It acknowledges exactly what was delivered: libnids drops data below that number. */
static struct header
data_header(const struct tcp_stream *ts, enum side from, uint32_t seq)
{
	const uint32_t address[2] = { ntohl(ts->addr.saddr), SURROGATE_SERVER };
	const uint16_t port[2] = { ts->addr.source, ts->addr.dest };
	const enum side to = side_other(from);

	return (struct header){
		.address = { address[from], address[to] },
		.port = { port[from], port[to] },
		.seq = seq,
		.ack = expected(ts, to),
		.flags = TH_ACK,
	};
}

void
engine_feed(struct tcp_stream *ts, enum side from, uint32_t seq, struct span bytes)
{
	const enum side to = side_other(from);
	const struct header data = data_header(ts, from, seq);
	struct half_stream *receiver = to == SIDE_CLIENT ? &ts->client : &ts->server;

	if ((int32_t)(seq - half_of(ts, to)->ack_seq) > ACK_DISTANCE) {
		const struct header ack = data_header(ts, to, expected(ts, to));

		send_packet(&ack, 0);
	}
	memcpy(engine.packet + HEADERS_BYTES, bytes.p, bytes.n);
	lend_buffer(receiver);
	send_packet(&data, bytes.n);
	take_buffer(receiver);
}

size_t
engine_queued(const struct tcp_stream *ts, enum side from)
{
	return (size_t)half_of(ts, side_other(from))->rmem_alloc;
}

size_t
engine_queue_cost(size_t n)
{
	/* As libnids counts: headers, rounded up, and its idea of an sk_buff. */
	return ((n + HEADERS_BYTES + 16 + 15) & ~(size_t)15) + 168;
}

void
engine_close(struct tcp_stream *ts)
{
	nids_free_tcp_stream(ts);
}
