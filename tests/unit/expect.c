/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"

#include <stdio.h>
#include <string.h>

#include "seen.h"

static bool
complain(const struct row *row, const char *key, const char *want, const char *have)
{
	fprintf(stderr, "%s:%u: %s: %s should be %s, but is %s\n", row->file, row->line,
	    row->name, key, want, have);
	return false;
}

/* "a,b" must be set, or with not_r must not be. */
static bool
marks_met(const struct row *row, const struct observation *seen, const char *list, bool set)
{
	bool met = true;

	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		int kind = 0;

		while (kind < MARK_KINDS && (strlen(mark_name((enum mark_kind)kind)) != n ||
		    strncmp(mark_name((enum mark_kind)kind), list, n) != 0))
			kind++;
		if (kind == MARK_KINDS)
			return complain(row, "marks", "names of marks", list);
		if (observation_has(seen, (enum mark_kind)kind) != set)
			met = complain(row, mark_name((enum mark_kind)kind),
			    set ? "marked" : "unmarked", set ? "not" : "marked");
		list += list[n] == '\0' ? n : n + 1;
	}
	return met;
}

static bool
want_met(const struct row *row, const char *key, const char *value,
    const struct observation *seen)
{
	char room[SEEN_TEXT_SIZE];
	const char *have;

	if (strcmp(key, "marks") == 0)
		return marks_met(row, seen, value, true);
	if (strcmp(key, "unmarked") == 0)
		return marks_met(row, seen, value, false);
	have = seen_text(seen, key, room);
	if (have == NULL)
		return complain(row, key, "a key that is known", "unknown");
	return strcmp(have, value) == 0 || complain(row, key, value, have);
}

/* A fact that a row does not name is wanted to be unknown, the dialect that of its file. */
static bool
defaults_met(const struct row *row, const struct observation *seen)
{
	static const char *const facts[] = { "offered", "requested", "accepted", "established" };
	bool met = true;

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (row_wants(row, facts[i]) == NULL)
			met = want_met(row, facts[i], "?", seen) && met;
	}
	if (row_wants(row, "dialect") == NULL)
		met = want_met(row, "dialect", row->dialect, seen) && met;
	return met;
}

/* These are not seen but judged: see expect_verdict.h. */
static bool
is_verdict(const char *key)
{
	return strcmp(key, "technique") == 0 || strcmp(key, "alert") == 0 ||
	    strcmp(key, "outcome") == 0;
}

bool
expect_met(const struct row *row, const struct observation *seen)
{
	bool met = defaults_met(row, seen);

	for (size_t i = 0; i < row->want_count; i++) {
		const struct want *want = &row->wants[i];

		if (is_verdict(want->key))
			continue;
		met = want_met(row, want->key, want->value, seen) && met;
	}
	return met;
}
