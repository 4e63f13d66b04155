/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_SERVER_H
#define JUDGE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/habit.h"
#include "judge/sketch.h"
#include "words/observation.h"
#include "words/verdict.h"

/*
 * What is remembered of one server, and how a session changes it. A server is
 * an address, a port and a dialect; where several machines share these, each
 * name that one of them calls itself is a member with a memory of its own.
 */
struct server_key {
	struct address address;
	uint16_t port;
	char dialect[DIALECT_NAME_SIZE];
	char name[SERVER_NAME_SIZE];	/* of a member; "" for the address as a whole */
};

enum {
	OFFERS_KEPT = 2,
	SERVER_MEMBERS_MAX = 16,	/* names remembered of one address; a pool has fewer */
};

/* How far learning has got with a server, for whoever watches that. */
enum standing {
	STANDING_NEW,		/* nothing is to be expected yet */
	STANDING_WITHOUT,	/* no offer, as two clients on two days found */
	STANDING_MIXED,		/* offered before, and missing in the latest listings */
	STANDING_WEAK,
	STANDING_STRONG,
	STANDINGS
};

struct server {
	struct server_key key;
	uint32_t sessions, offered, upgraded, listed;
	uint32_t members;		/* names seen at this address */
	int64_t first_seen_ns, last_seen_ns, first_offer_ns, last_promise_ns;
	struct sketch everybody;
	struct sketch promised;		/* saw an offer or an upgrade */
	struct sketch denied;		/* saw a whole listing that lacked it since */
	struct sketch denied_first;	/* ... and before the first offer */
	struct {
		uint32_t client;
		int64_t at_ns;
	} offers[OFFERS_KEPT];		/* the latest, of different clients */
	struct habit habits[HABITS_MAX];
	int32_t said_day[TECHNIQUES];	/* day after which a thing may be said again */
	uint8_t standing;		/* as it is counted */
};

/* The server of a session; as a whole, or the member that it talked to. */
void server_key_of(const struct observation *seen, bool member, struct server_key *key_r);

/* What there is to expect after fading_ns without an offer or an upgrade: nothing. */
enum strength server_strength(const struct server *s, int64_t now_ns, int64_t fading_ns);

/* At its last session: nothing has faded. */
enum standing server_standing(const struct server *s);

/* Two clients on two days found no offer, and nobody has found one since. */
bool server_lacks(const struct server *s);

/* Did others see an offer within an hour of that time? */
bool server_offered_others(const struct server *s, uint32_t client, int64_t at_ns);

/* What the habits of the server say of this session. */
void server_habits(const struct server *s, const struct observation *seen,
    struct habits *habits_r);

void server_learn(struct server *s, const struct observation *seen, uint32_t client);

/* ... and its habits; those of a member are its address's. */
void server_learn_habits(struct server *s, const struct observation *seen, uint32_t client);

/* The operator says: this is how it is now. Promises and habits are forgotten. */
void server_accept(struct server *s);

#endif
