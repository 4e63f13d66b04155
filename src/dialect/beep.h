/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_BEEP_H
#define DIALECT_BEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "dialect/capability.h"
#include "dialect/disclosure.h"
#include "dialect/facts.h"

/* Inside BEEP: frames and what is in those that manage channels. */

enum beep_kind { BEEP_MSG, BEEP_RPY, BEEP_ERR, BEEP_ANS, BEEP_NUL, BEEP_SEQ };

/* RFC 3080 §2.2.1: "RPY 0 1 . 264 319" stands before so many octets, "END" behind them. */
struct beep_frame {
	enum beep_kind kind;
	uint32_t channel;
	uint32_t number;	/* of the message, counted for each channel */
	bool more;		/* a message of several frames, and this is not its last */
	uint64_t size;		/* of the payload; SEQ (RFC 3081 §3.1.3) has none */
};

/* Read a header line without its end; false when it is none. */
bool beep_frame_read(struct span line, struct beep_frame *frame_r);

/* The header line at the front, with its end: 1, 0 when more is needed, -1 when it is none. */
int beep_header_read(struct span in, struct beep_frame *frame_r, size_t *used_r);

/* What a payload of XML says (RFC 3080 §2.3.1, §3.1.3, §4), as far as it matters here. */
struct beep_words {
	bool greeting, start, close;
	struct capability profiles;
	uint32_t channel;	/* that a start opens */
	bool tls;		/* a profile, or one of several, is TLS */
	struct span sasl;	/* the mechanism of a profile for SASL, or empty */
	struct span server_name;	/* that a start wants, or empty */
	bool ready, proceed;
	unsigned error;		/* code, 0 = none */
	bool blob, filled, complete;	/* a step of SASL; with something in it; the last one */
};

#define BEEP_TLS "http://iana.org/beep/TLS"

void beep_words_read(struct span payload, struct beep_words *words_r);

/* What may be shown of a unit: dialect.h. */
void beep_disclose(const void *state, struct disclosure *d);

#endif
