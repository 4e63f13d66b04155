/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One and the same session at two taps, of which one does not see all of it:
 * what it missed is no contradiction, in any dialect and whichever tap it was.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "judge/twin_compare.h"
#include "player.h"
#include "transcripts.h"

enum damage { NOTHING, LATE, LOSS, SNAPLEN, EARLY, CLIENT_ONLY, SERVER_ONLY, DAMAGES };

static const char *const damage_names[DAMAGES] = { "nothing", "joined late", "lost packet",
	"snaplen", "ended early", "client only", "server only" };

/* What that tap sees of a row when it is damaged so at that step. */
static struct observation
see(const struct row *row, enum damage damage, size_t at)
{
	const struct play whole = { .style = PLAY_WHOLE };
	struct observation seen;
	struct row seen_row = *row;
	struct step lost;

	if (damage == LATE) {
		seen_row.mid_stream = true;
		seen_row.steps += at;
		seen_row.step_count -= at;
	} else if (damage == EARLY) {
		seen_row.step_count = at;
	} else if (damage == CLIENT_ONLY || damage == SERVER_ONLY) {
		seen_row.one_way = true;
		seen_row.heard = damage == CLIENT_ONLY ? SIDE_CLIENT : SIDE_SERVER;
	}
	lost = row->steps[at < row->step_count ? at : 0];
	if (damage == LOSS || damage == SNAPLEN) {
		row->steps[at].kind = STEP_GAP;
		row->steps[at].count = lost.bytes[LINE_CRLF].n;
	}
	play_row(&seen_row, &whole, &seen);
	if (damage == LOSS || damage == SNAPLEN)
		row->steps[at] = lost;
	seen.flow.truncated = damage == SNAPLEN;
	if (damage == EARLY)
		seen.flow.end = FLOW_INPUT_END;
	else
		seen.flow.fin_by[SIDE_CLIENT] = seen.flow.fin_by[SIDE_SERVER] = true;
	return seen;
}

static unsigned
compare(const struct row *row, enum damage damage, size_t at)
{
	struct observation whole = see(row, NOTHING, 0), part = see(row, damage, at);
	struct twin_side a, b;
	struct twin one, other;

	twin_side_of(&whole, &a);
	twin_side_of(&part, &b);
	one = twin_compare(&a, &b);
	other = twin_compare(&b, &a);
	if (one.differences == 0 && other.differences == 0)
		return 0;
	print_error("%s:%u: %s: %s at step %zu: differs by %x (%s / %s)\n", row->file, row->line,
	    row->name, damage_names[damage], at, one.differences, one.says, other.says);
	return 1;
}

static unsigned
what_was_missed_is_no_difference(const struct row *row)
{
	unsigned wrong = compare(row, NOTHING, 0);

	for (size_t at = 0; at < row->step_count; at++) {
		wrong += compare(row, LATE, at) + compare(row, EARLY, at);
		if (row->steps[at].kind != STEP_BYTES)
			continue;
		wrong += compare(row, LOSS, at) + compare(row, SNAPLEN, at);
	}
	if (!row->one_way && row->step_count > 0)
		wrong += compare(row, CLIENT_ONLY, 0) + compare(row, SERVER_ONLY, 0);
	return wrong;
}

static void
who_missed_something_contradicts_nobody(void **state)
{
	(void)state;
	transcripts_check(what_was_missed_is_no_difference);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_missed_something_contradicts_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
