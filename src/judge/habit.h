/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_HABIT_H
#define JUDGE_HABIT_H

#include <stdint.h>

#include "judge/sketch.h"
#include "words/verdict.h"

/*
 * What a server does in one and the same way every time, beside offering TLS:
 * which certificate it shows for a name, which version it picks for a client of
 * that kind, whether it demands TLS. A habit is trusted once two clients have
 * seen it on two days, and so is its successor; until then every change is one.
 */
enum habit_kind {
	HABIT_NONE,		/* a free place */
	HABIT_CERTIFICATE,	/* public key; the context is the name asked for */
	HABIT_ISSUER,
	HABIT_SUBJECT,
	HABIT_ANSWER,		/* fingerprint of the ServerHello; the context is the client's */
	HABIT_VERSION,		/* of TLS; less is worse */
	HABIT_MECHANISMS,	/* MECHANISM_ bits that it lists in clear */
	HABIT_DEMAND,		/* demands TLS in its listing: 1, or 0, which is worse */
	HABIT_GREETING,		/* offers TLS in its greeting: 1, or lists other things only: 0 */
	HABIT_KINDS
};

enum { HABITS_MAX = 16 };

struct habit {
	uint8_t kind;		/* enum habit_kind */
	uint32_t context, value;
	int64_t last_ns;
	struct sketch seen;
};

/* Equal texts, equal numbers in every run: they are stored. */
uint32_t habit_number(const char *text);

/* Is this value what the habits lead one to expect? */
enum habit_state habit_look(const struct habit habits[HABITS_MAX], enum habit_kind kind,
    uint32_t context, uint32_t value);

/* One more session showed it; the longest unseen goes when there is no place. */
void habit_learn(struct habit habits[HABITS_MAX], const struct habit *shown,
    uint32_t client);

/* "certificate" */
const char *habit_kind_name(enum habit_kind kind);

/* HABIT_NONE when no kind has that name. */
enum habit_kind habit_kind_by_name(const char *name);

#endif
