/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/candidates.h"

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
	struct candidate candidate;
};

struct candidates {
	FILE *file;
	struct hash_key key;
	uint64_t count, lost, read;
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

static uint64_t
seal_of(const struct candidates *c, const struct candidate *candidate)
{
	return hash_quick(&c->key, candidate, sizeof(*candidate));
}

static off_t
place_of(uint64_t number)
{
	return (off_t)(number * sizeof(struct sealed));
}

bool
candidates_add(struct candidates *c, const struct candidate *candidate)
{
	struct sealed sealed;

	/* copied and sealed with whatever lies between its members */
	memcpy(&sealed.candidate, candidate, sizeof(sealed.candidate));
	sealed.seal = seal_of(c, &sealed.candidate);
	/* what was written in part is written over by the next one */
	if (pwrite(fileno(c->file), &sealed, sizeof(sealed), place_of(c->count)) !=
	    (ssize_t)sizeof(sealed)) {
		c->lost++;
		return false;
	}
	c->count++;
	return true;
}

int
candidates_next(struct candidates *c, struct candidate *candidate_r, struct err *e)
{
	struct sealed sealed;
	ssize_t got;

	if (c->read == c->count)
		return 0;
	got = pread(fileno(c->file), &sealed, sizeof(sealed), place_of(c->read));
	if (got < 0)
		return err_set_errno(e, "temporary file for hindsight");
	if (got != (ssize_t)sizeof(sealed))
		return err_set(e, "temporary file for hindsight: it was cut short");
	if (sealed.seal != seal_of(c, &sealed.candidate))
		return err_set(e, "temporary file for hindsight: it does not hold what was "
		    "written to it");
	memcpy(candidate_r, &sealed.candidate, sizeof(*candidate_r));
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
