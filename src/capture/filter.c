/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>

enum { LINK_TYPES_MAX = 16 };	/* in one file; more than two have not been seen */

struct program {
	int link_type;
	bool passes;	/* everything: there are no packets in it that a filter can tell apart */
	struct bpf_program code;
};

struct filter {
	char *expression;
	struct program programs[LINK_TYPES_MAX];
	size_t count;
};

static int
compile(const char *expression, int link_type, struct bpf_program *code_r, struct err *e)
{
	pcap_t *dead = pcap_open_dead(link_type, PACKET_BYTES_MAX);
	int result = 0;

	if (dead == NULL)
		return err_set(e, "out of memory");
	if (pcap_compile(dead, code_r, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		result = err_set(e, "filter \"%.200s\": %s", expression, pcap_geterr(dead));
	pcap_close(dead);
	return result;
}

/* A mistake in the expression shows before any file is read. */
static int
check(const char *expression, struct err *e)
{
	static const int common[] = { DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL,
		DLT_IEEE802_11_RADIO };
	struct bpf_program code;
	struct err other;

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		/* The message for Ethernet is the one that people know. */
		if (compile(expression, common[i], &code, i == 0 ? e : &other) == 0) {
			pcap_freecode(&code);
			return 0;
		}
	}
	return -1;
}

struct filter *
filter_new(const char *expression, struct err *e)
{
	struct filter *f;

	if (check(expression, e) != 0)
		return NULL;
	f = calloc(1, sizeof(*f));
	if (f != NULL)
		f->expression = strdup(expression);
	if (f == NULL || f->expression == NULL) {
		err_set(e, "out of memory");
		filter_free(&f);
	}
	return f;
}

/* libpcap knows no way to IP there, whatever is asked. */
static bool
is_beyond_filters(int link_type)
{
	struct bpf_program code;
	struct err e;

	if (compile("ip or ip6", link_type, &code, &e) != 0)
		return true;
	pcap_freecode(&code);
	return false;
}

/* NULL with *e set when there is no such program. */
static const struct program *
program_for(struct filter *f, int link_type, struct err *e)
{
	struct program *p;

	for (size_t i = 0; i < f->count; i++) {
		if (f->programs[i].link_type == link_type)
			return &f->programs[i];
	}
	if (f->count == LINK_TYPES_MAX) {
		err_set(e, "more than %d link types cannot be filtered", LINK_TYPES_MAX);
		return NULL;
	}
	p = &f->programs[f->count];
	if (compile(f->expression, link_type, &p->code, e) != 0) {
		if (!is_beyond_filters(link_type))
			return NULL;
		p->passes = true;
	}
	p->link_type = link_type;
	f->count++;
	return p;
}

int
filter_match(struct filter *f, const struct packet_record *record, struct err *e)
{
	struct pcap_pkthdr header = {
		.caplen = (bpf_u_int32)record->bytes.n,
		.len = record->wire_bytes,
	};
	const struct program *p = program_for(f, record->link_type, e);

	if (p == NULL)
		return -1;
	return p->passes || pcap_offline_filter(&p->code, &header, record->bytes.p) != 0;
}

void
filter_free(struct filter **f)
{
	if (*f == NULL)
		return;
	for (size_t i = 0; i < (*f)->count; i++)
		pcap_freecode(&(*f)->programs[i].code);
	free((*f)->expression);
	free(*f);
	*f = NULL;
}
