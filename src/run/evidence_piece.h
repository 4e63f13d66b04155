/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_EVIDENCE_PIECE_H
#define RUN_EVIDENCE_PIECE_H

#include <stdint.h>

/* Body of MESSAGE_ASK, judge to worker: what is kept of this connection? */
struct evidence_question {
	uint64_t flow_id;
};

/*
 * Before the bytes of a MESSAGE_EVIDENCE: a piece of the capture file of a connection. Pieces
 * come in their order, and the last one ends where the file does.
 */
struct evidence_piece {
	uint64_t flow_id;
	uint32_t offset, total;
};

enum {
	EVIDENCE_PIECE_BYTES = 16384,	/* of the file, in one message */
	EVIDENCE_BYTES_MAX = 1 << 20,	/* that one connection may be given */
	EVIDENCE_FILE_MAX = 2 * EVIDENCE_BYTES_MAX,
};

#endif
