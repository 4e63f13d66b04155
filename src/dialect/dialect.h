/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_DIALECT_H
#define DIALECT_DIALECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "dialect/disclosure.h"
#include "dialect/facts.h"
#include "words/observation.h"
#include "words/side.h"

enum {
	DIALECT_PORTS_MAX = 16,
	DIALECT_STATE_MAX = 2048,	/* bytes for each connection that is read */
	DIALECT_UNIT_MAX = 65536,	/* bytes of one line or PDU that are ever kept */
};

/* The first bytes of a connection, as far as they are there. */
struct opening {
	enum side first;		/* who spoke first */
	struct span said[2];		/* by enum side, from the very first byte */
	bool more[2];			/* more may still come from that side */
	bool own_port;			/* for what two dialects say alike: it is the asked one's */
};

/* Is a connection ours? */
enum probe {
	PROBE_NO,
	PROBE_MORE,	/* cannot tell yet */
	PROBE_WEAK,	/* could be, and nothing says more; a port of ours decides at the end */
	/*
	 * Of both sides' words: ours, unless the port is another's that could be it as
	 * well. Of the client's alone: nobody else's clients speak so, and on a port of
	 * ours it is ours, whatever the server says.
	 */
	PROBE_LIKELY,
	PROBE_YES,
};

/*
 * One protocol that starts TLS inside a clear session. A dialect does no I/O
 * and no allocation (where a library must, it is bounded and end() frees it);
 * all it knows of a connection is its state, zeroed at the start. It reads
 * units (a line, a PDU, a stretch of a body) and tells what they mean through
 * facts.h.
 */
struct dialect {
	const char *name;		/* app_proto of events */
	const char *rfcs;		/* for "stripwatch dialects" */
	uint16_t ports[DIALECT_PORTS_MAX];		/* clear ports, 0-terminated */
	uint16_t implicit_ports[DIALECT_PORTS_MAX];	/* TLS from the first byte */
	const char *alpn;		/* space-separated ALPN names that mean this dialect */
	unsigned traits;		/* enum dialect_trait */
	size_t state_size;

	/* For "stripwatch dialects", in the protocol's own words. */
	const char *offer;		/* NULL: it has no advertisement */
	const char *request;
	const char *grant;
	const char *tells;		/* ids of techniques that not every dialect can tell */

	enum probe (*probe)(const struct opening *opening);

	/*
	 * Read one unit from the front of what that side sent: bytes used, 0
	 * when more is needed, -1 when this is not our protocol after all.
	 * The caller looks for TLS behind every unit, so a unit must never
	 * reach beyond a request or its answer, and one of which only a piece
	 * was read must say so (facts.goes_on). 0 also means "not before the
	 * other side has spoken": unread bytes are offered again behind
	 * each of its units.
	 */
	long (*feed)(void *state, enum side from, struct span in,
	    struct facts *facts);

	/*
	 * Of a dialect whose messages are no lines of text (TRAIT_OWN_WORDS): say what of the
	 * unit that was just read is nobody's secret, for a capture that is kept for
	 * evidence. NULL: nothing is shown. Other dialects' lines are gone through word
	 * by word, for all of them alike (session/redaction.c).
	 */
	void (*disclose)(const void *state, struct disclosure *d);

	/*
	 * count bytes of that side are missing: forget half-read units, keep what
	 * is certain. Here, too, facts.goes_on says that no boundary can follow.
	 */
	void (*gap)(void *state, enum side from, uint64_t count, struct facts *facts);

	/*
	 * Give back what the state holds outside itself. NULL for all that hold
	 * nothing, which is the rule. Called once, when reading stops.
	 */
	void (*end)(void *state);
};

/* Every dialect that is compiled in, NULL-terminated; generated from the list in Makefile.am. */
extern const struct dialect *const dialect_table[];

/* NULL when there is none of that name. */
const struct dialect *dialect_by_name(const char *name);

/* Which dialect has this as a clear port, or NULL. */
const struct dialect *dialect_by_port(uint16_t port);

/* Which dialect has this as a port for TLS from the first byte, or NULL. */
const struct dialect *dialect_by_implicit_port(uint16_t port);

/* Which dialect goes by that name in ALPN (RFC 7301), or NULL. */
const struct dialect *dialect_by_alpn(const char *name);

#endif
