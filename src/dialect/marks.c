/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialect/marks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "words/observation.h"

enum { FIRST_ROOM = 2 };

static bool
grow(struct marks *m)
{
	const unsigned room = m->room > 0 ? 2u * m->room : FIRST_ROOM;
	struct mark *grown;

	if (room > OBSERVATION_MARKS_MAX)
		return false;
	grown = realloc(m->all, room * sizeof(*grown));
	if (grown == NULL)
		return false;
	m->all = grown;
	m->room = (uint8_t)room;
	return true;
}

struct mark *
marks_add(struct marks *m, unsigned count)
{
	if (count >= m->room && !grow(m))
		return NULL;
	/* nothing that lay there before is left behind a short text */
	m->all[count] = (struct mark){ 0 };
	return &m->all[count];
}

void
marks_free(struct marks *m)
{
	free(m->all);
	*m = (struct marks){ 0 };
}
