/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/postgresql.h"

#include <string.h>

enum {
	TYPED_HEAD = 5,
	STARTUP_BYTES_MAX = 10000,	/* as servers have it */
	CANCEL_BYTES_MIN = 16,
	CANCEL_BYTES_MAX = 268,		/* keys may be longer since protocol 3.2 */
	TYPED_BYTES_MAX = 1 << 30,
	LOST_BYTES_MAX = 32768,
	NAME_BYTES_MAX = 64,
};

bool
postgresql_read_opening(struct span in, struct postgresql_opening *o_r)
{
	struct span rest = in;

	if (!span_be32(&rest, &o_r->size) || !span_be32(&rest, &o_r->code))
		return false;
	if (o_r->size < POSTGRESQL_OPENING_HEAD)
		return false;
	o_r->content = span_head(rest, o_r->size - POSTGRESQL_OPENING_HEAD);
	switch (o_r->code) {
	case POSTGRESQL_SSL_CODE:
	case POSTGRESQL_GSS_CODE:
		return o_r->size == POSTGRESQL_OPENING_HEAD;
	case POSTGRESQL_CANCEL:
		return o_r->size >= CANCEL_BYTES_MIN && o_r->size <= CANCEL_BYTES_MAX;
	default:
		return o_r->code >> 16 == 3 && o_r->size > POSTGRESQL_OPENING_HEAD &&
		    o_r->size <= STARTUP_BYTES_MAX;
	}
}

bool
postgresql_read_typed(const struct pdu_reader *r, struct span in, const char *types,
    uint32_t *size_r)
{
	/* where the place is lost, a long message is more likely to be none */
	uint32_t most = r->is_lost ? LOST_BYTES_MAX : TYPED_BYTES_MAX;
	uint8_t type;

	if (!span_u8(&in, &type) || !span_be32(&in, size_r))
		return false;
	if (type == 0 || strchr(types, type) == NULL || *size_r < TYPED_HEAD - 1 ||
	    *size_r > most)
		return false;
	(*size_r)++;
	return true;
}

static long
postgresql_feed(void *state, enum side from, struct span in, struct facts *facts)
{
	struct postgresql *p = state;

	if (p->pdus[from].skip > 0)
		return pdu_rest(&p->pdus[from], in, facts);
	if (from == SIDE_CLIENT)
		return postgresql_client_unit(p, in, facts);
	return postgresql_server_unit(p, in, facts);
}

static void
postgresql_gap(void *state, enum side from, uint64_t count, struct facts *facts)
{
	struct postgresql *p = state;

	if (pdu_gap(&p->pdus[from], count, facts))
		return;
	pending_clear(&p->pending);
	/* single bytes have no place to be lost */
	if (from == SIDE_SERVER && !p->started)
		p->pdus[from].is_lost = false;
}

/* A parameter's name: lower case and underscores, or as SET has them ("DateStyle"), and a NUL. */
static enum probe
probe_parameter(struct span content, uint32_t content_bytes)
{
	size_t n = span_find(span_head(content, NAME_BYTES_MAX), '\0');

	for (size_t i = 0; i < n && i < content.n; i++) {
		int c = span_at(content, i);

		if (c != '_' && c != '.' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z'))
			return PROBE_NO;
	}
	if (n >= NAME_BYTES_MAX)
		return PROBE_NO;
	if (n == content.n)
		return content.n < content_bytes ? PROBE_MORE : PROBE_NO;
	return n > 0 ? PROBE_YES : PROBE_NO;
}

/* Such a StartupMessage is answered with an error, and is ours all the same. */
static enum probe
probe_wrong_length(struct span said)
{
	static const char name[] = "user";
	struct span content = span_tail(said, POSTGRESQL_OPENING_HEAD);

	if (content.n < sizeof(name) - 1)
		return PROBE_MORE;
	return span_starts(content, name) ? PROBE_WEAK : PROBE_NO;
}

static enum probe
probe_client(struct span said)
{
	struct postgresql_opening o;

	if (said.n < POSTGRESQL_OPENING_HEAD)
		return PROBE_MORE;
	if (!postgresql_read_opening(said, &o))
		return o.code >> 16 == 3 ? probe_wrong_length(said) : PROBE_NO;
	if (o.code >> 16 != 3)
		return PROBE_YES;
	return probe_parameter(o.content, o.size - POSTGRESQL_OPENING_HEAD);
}

/* A server whose client is not seen begins with an answer, or asks for a password. */
static enum probe
probe_server(struct span said)
{
	static const struct pdu_reader fresh;
	int first = span_at(said, 0);
	uint32_t size;

	if (said.n == 1 && (first == 'S' || first == 'N'))
		return PROBE_WEAK;
	if (said.n < TYPED_HEAD)
		return first == 'R' || first == 'E' ? PROBE_MORE : PROBE_NO;
	/* an error begins with its severity, and few kinds of authentication are numbered */
	if (said.n > TYPED_HEAD && span_at(said, TYPED_HEAD) != (first == 'E' ? 'S' : 0))
		return PROBE_NO;
	return postgresql_read_typed(&fresh, said, "RE", &size) && size < STARTUP_BYTES_MAX ?
	    PROBE_WEAK : PROBE_NO;
}

/*
 * Is the first message answered by what is none of its answers? Then it may be another protocol's;
 * but a byte too early is just that.
 */
static bool
is_contradicted(const struct opening *opening)
{
	const struct span answer = opening->said[SIDE_SERVER];

	return answer.n > (opening->first == SIDE_CLIENT ? 0 : 1) &&
	    strchr("SNGERv", span_at(answer, 0)) == NULL;
}

static enum probe
postgresql_probe(const struct opening *opening)
{
	if (opening->said[SIDE_CLIENT].n > 0) {
		enum probe probe = probe_client(opening->said[SIDE_CLIENT]);

		return probe == PROBE_YES && is_contradicted(opening) ? PROBE_LIKELY : probe;
	}
	return probe_server(opening->said[SIDE_SERVER]);
}

const struct dialect dialect_postgresql = {
	.name = "postgresql",
	.rfcs = "",
	.ports = { 5432, 6432, 5433, 26257 },
	.alpn = "postgresql",
	.traits = TRAIT_NO_LISTING | TRAIT_OWN_WORDS,
	.state_size = sizeof(struct postgresql),
	.request = "SSLRequest",
	.grant = "S",
	.probe = postgresql_probe,
	.feed = postgresql_feed,
	.disclose = postgresql_disclose,
	.gap = postgresql_gap,
};
