/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/candidates.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

/*
 * A record as it lies in the file. The seal is made with a key that nobody else
 * knows: whatever did not come from candidates_add() is not taken for a record.
 */
struct sealed {
	uint64_t seal;
	struct candidate candidate;	/* as much of it as there is */
};

struct candidates {
	FILE *file;
	struct hash_key key;
	uint64_t count, lost, read;
	off_t end, next;	/* of what was written, and of what is to be read */
};

struct candidates *
candidates_new(struct err *e)
{
	struct candidates *c = calloc(1, sizeof(*c));

	if (c != NULL && (c->file = tmpfile()) != NULL) {
		c->key = hash_key_random();
		return c;
	}
	err_set_errno(e, "temporary file for hindsight");
	free(c);
	return NULL;
}

/* Of one with so many marks, without the room for others. */
static size_t
bytes_with(unsigned mark_count)
{
	return offsetof(struct candidate, record.seen.marks) + mark_count * sizeof(struct mark);
}

static uint64_t
seal_of(const struct candidates *c, const struct candidate *candidate, size_t bytes)
{
	return hash_quick(&c->key, candidate, bytes);
}

bool
candidates_add(struct candidates *c, const struct candidate *candidate)
{
	const size_t bytes = bytes_with(candidate->record.seen.mark_count);
	const size_t all = offsetof(struct sealed, candidate) + bytes;
	struct sealed sealed;

	/* copied and sealed with whatever lies between its members */
	memcpy(&sealed.candidate, candidate, bytes);
	sealed.seal = seal_of(c, &sealed.candidate, bytes);
	/* what was written in part is written over by the next one */
	if (pwrite(fileno(c->file), &sealed, all, c->end) != (ssize_t)all) {
		c->lost++;
		return false;
	}
	c->end += (off_t)all;
	c->count++;
	return true;
}

int
candidates_next(struct candidates *c, struct candidate *candidate_r, struct err *e)
{
	struct sealed sealed;
	size_t bytes = bytes_with(0);
	ssize_t got;

	if (c->read == c->count)
		return 0;
	got = pread(fileno(c->file), &sealed, sizeof(sealed), c->next);
	if (got < 0)
		return err_set_errno(e, "temporary file for hindsight");
	/* its number of marks is believed with the seal only */
	if (got >= (ssize_t)(offsetof(struct sealed, candidate) + bytes) &&
	    sealed.candidate.record.seen.mark_count <= OBSERVATION_MARKS_MAX)
		bytes = bytes_with(sealed.candidate.record.seen.mark_count);
	if (got < (ssize_t)(offsetof(struct sealed, candidate) + bytes))
		return err_set(e, "temporary file for hindsight: it was cut short");
	if (sealed.seal != seal_of(c, &sealed.candidate, bytes))
		return err_set(e, "temporary file for hindsight: it does not hold what was "
		    "written to it");
	memset(candidate_r, 0, sizeof(*candidate_r));
	memcpy(candidate_r, &sealed.candidate, bytes);
	c->next += (off_t)(offsetof(struct sealed, candidate) + bytes);
	c->read++;
	return 1;
}

uint64_t
candidates_count(const struct candidates *c)
{
	return c->count;
}

uint64_t
candidates_lost(const struct candidates *c)
{
	return c->lost;
}

void
candidates_free(struct candidates **c)
{
	if (*c == NULL)
		return;
	fclose((*c)->file);
	free(*c);
	*c = NULL;
}
