/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PARSERS_PARTS_H
#define RUN_PARSERS_PARTS_H

#include "run/backlog.h"
#include "run/channel.h"
#include "run/parser.h"
#include "run/parsers.h"

/* Inside parsers.h: whose turn it is (parsers.c), and what they say (parsers_take.c). */

/* A process with a share. */
struct member {
	struct parser parser;
	size_t place;			/* of the file that it begins with, among beginnings */
	struct backlog *backlog;	/* of one that had to wait */
	const char *wrong;		/* what it has said that cannot be, for its turn */
	bool has_no_room;		/* ... or cannot be kept for it */
	bool is_closed;			/* it says no more, or is not heard any more */
	uint64_t done_bytes;
};

struct parsers {
	const struct reader *reader;
	struct member members[READ_JOBS_MAX];	/* in that order; the first has its turn */
	size_t count, jobs;
	struct merge_beginning *beginnings;	/* in the order of time */
	size_t beginning_count;
	bool beginnings_known;
	size_t ahead;			/* nobody has begun behind this place */
	bool told;			/* all, that they are to end */
	bool ended;			/* the one whose turn it was has said farewell */
	uint64_t next_file;		/* ... and that the next share begins there */
	struct reader_progress progress;	/* done by those who have ended */
	enum sandbox *sandbox;
	struct reader_end *end;
	struct tally *counters, share;
	struct err *e;
	struct channel_room room;
};

/* A file's place, that one's or behind it; beginning_count when it has none there. */
size_t parsers_place_of(const struct parsers *p, size_t from, uint64_t file);

/* It goes on with that file: no share begins between the two. */
void parsers_note_opened(struct parsers *p, const struct member *m, uint32_t file);

/* Take a message of one whose turn it is, or an urgent one: NULL, or what is wrong with it. */
const char *parsers_take(struct parsers *p, struct member *m, const struct message *message);

/* What does not wait for its turn: the process waits for an answer, or a person does. */
bool parsers_is_urgent(const struct message *message);

#endif
