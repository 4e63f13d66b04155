/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/candidates.h"

#include <stdio.h>
#include <stdlib.h>

struct candidates {
	FILE *file;
	uint64_t count, lost, read;
};

struct candidates *
candidates_new(struct err *e)
{
	struct candidates *c = calloc(1, sizeof(*c));

	if (c != NULL && (c->file = tmpfile()) != NULL)
		return c;
	err_set_errno(e, "temporary file for hindsight");
	free(c);
	return NULL;
}

bool
candidates_add(struct candidates *c, const struct record *record)
{
	if (fwrite(record, sizeof(*record), 1, c->file) != 1) {
		c->lost++;
		return false;
	}
	c->count++;
	return true;
}

bool
candidates_next(struct candidates *c, struct record *record_r)
{
	if (c->read == 0)
		rewind(c->file);
	if (c->read == c->count || fread(record_r, sizeof(*record_r), 1, c->file) != 1)
		return false;
	c->read++;
	return true;
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
