/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/packet_record.h"

enum { NAME_SIZE = 64 };

struct live {
	char name[NAME_SIZE];
	pcap_t *pcap;
	int link_type;
	uint32_t source;
	uint8_t tap;
	uint64_t number;
	bool was_down;
};

static bool
is_away(int status)
{
	return status == PCAP_ERROR_NO_SUCH_DEVICE || status == PCAP_ERROR_IFACE_NOT_UP;
}

static int
activate(struct live *l, const struct live_settings *s, enum live_fault *fault_r, struct err *e)
{
	int status;

	pcap_set_snaplen(l->pcap, s->snaplen);
	pcap_set_promisc(l->pcap, s->promiscuous);
	pcap_set_timeout(l->pcap, LIVE_BLOCK_MS);
	pcap_set_buffer_size(l->pcap, (int)s->ring_bytes);
	/* refused where the kernel cannot: then microseconds are multiplied by libpcap */
	pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
	status = pcap_activate(l->pcap);
	if (status >= 0)
		return 0;
	if (is_away(status)) {
		*fault_r = LIVE_AWAY;
		return err_set(e, "%s: %s", l->name, pcap_statustostr(status));
	}
	if (status == PCAP_ERROR_PERM_DENIED)
		return err_set(e, "%s: may not be captured from; run as root, or with "
		    "CAP_NET_RAW", l->name);
	return err_set(e, "%s: %s: %s", l->name, pcap_statustostr(status),
	    pcap_geterr(l->pcap));
}

static int
set_filter(struct live *l, const char *expression, struct err *e)
{
	struct bpf_program code;
	int result = 0;

	if (pcap_compile(l->pcap, &code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return err_set(e, "%s: filter: %s", l->name, pcap_geterr(l->pcap));
	if (pcap_setfilter(l->pcap, &code) != 0)
		result = err_set(e, "%s: filter: %s", l->name, pcap_geterr(l->pcap));
	pcap_freecode(&code);
	return result;
}

static int
join_fanout(struct live *l, uint16_t group, struct err *e)
{
	const uint32_t kind = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
	const uint32_t how = kind << 16 | group;

	if (setsockopt(pcap_fileno(l->pcap), SOL_PACKET, PACKET_FANOUT, &how, sizeof(how)) != 0)
		return err_set_errno(e, "%s: cannot share the work", l->name);
	return 0;
}

int
live_new_group(uint16_t *group_r, struct err *e)
{
	enum { NO_FRAME = 0x88b5 };	/* a type for local experiments */
	uint32_t how = (uint32_t)(PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	socklen_t length = sizeof(how);
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(NO_FRAME)), result = 0;

	if (fd < 0 && errno == EPERM)
		return err_set(e, "interfaces may not be captured from; run as root, or with "
		    "CAP_NET_RAW");
	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &how, sizeof(how)) != 0 ||
	    getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &how, &length) != 0)
		result = err_set_errno(e, "workers cannot share an interface");
	if (fd >= 0)
		close(fd);
	*group_r = (uint16_t)how;
	return result;
}

struct live *
live_open(const struct live_settings *s, enum live_fault *fault_r, struct err *e)
{
	struct live *l = calloc(1, sizeof(*l));
	char why[PCAP_ERRBUF_SIZE] = "out of memory";

	*fault_r = LIVE_WRONG;
	if (l == NULL || (l->pcap = pcap_create(s->interface, why)) == NULL) {
		err_set(e, "%s: %s", s->interface, why);
		live_free(&l);
		return NULL;
	}
	strncpy(l->name, s->interface, sizeof(l->name) - 1);
	l->source = s->source;
	l->tap = s->tap;
	if (activate(l, s, fault_r, e) < 0 ||
	    (s->filter != NULL && set_filter(l, s->filter, e) < 0) ||
	    (s->shared && join_fanout(l, s->fanout_group, e) < 0)) {
		live_free(&l);
		return NULL;
	}
	if (pcap_setnonblock(l->pcap, 1, why) != 0) {
		err_set(e, "%s: %s", l->name, why);
		live_free(&l);
		return NULL;
	}
	l->link_type = pcap_datalink(l->pcap);
	return l;
}

/* libpcap looked whether the interface still exists, and has words for both. */
static int
tell_fault(struct live *l, struct err *e)
{
	const char *why = pcap_geterr(l->pcap);

	if (strstr(why, "went down") != NULL) {
		l->was_down = true;
		return 0;
	}
	return err_set(e, "%s: %s", l->name, why);
}

static int64_t
stamp(const struct live *l, const struct pcap_pkthdr *header)
{
	/* with nanosecond precision the field called tv_usec holds nanoseconds */
	uint64_t part = header->ts.tv_usec > 0 ? (uint64_t)header->ts.tv_usec : 0;

	if (pcap_get_tstamp_precision(l->pcap) != PCAP_TSTAMP_PRECISION_NANO)
		part *= 1000;
	return packet_record_time(header->ts.tv_sec, part);
}

int
live_next(struct live *l, struct frame *frame_r, struct err *e)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	switch (pcap_next_ex(l->pcap, &header, &bytes)) {
	case 1:
		break;
	case 0:
		return 0;
	default:
		return tell_fault(l, e);
	}
	*frame_r = (struct frame){
		.ref = { stamp(l, header), ++l->number, l->source },
		.link_type = l->link_type,
		.tap = l->tap,
		.bytes = span_of(bytes, header->caplen),
		.wire_bytes = header->len,
	};
	return 1;
}

int
live_descriptor(const struct live *l)
{
	return pcap_get_selectable_fd(l->pcap);
}

bool
live_was_down(struct live *l)
{
	bool was_down = l->was_down;

	l->was_down = false;
	return was_down;
}

void
live_counters(const struct live *l, counter_visit *visit, void *ctx)
{
	struct pcap_stat stat;

	/* what the card itself dropped lies in files, which this process may not open */
	if (pcap_stats(l->pcap, &stat) == 0)
		visit(ctx, "capture.dropped", stat.ps_drop);
}

void
live_free(struct live **l)
{
	if (*l == NULL)
		return;
	if ((*l)->pcap != NULL)
		pcap_close((*l)->pcap);
	free(*l);
	*l = NULL;
}
