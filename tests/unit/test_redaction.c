/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What evidence shows of a conversation says the same as the conversation: every one of
 * tests/transcripts is played, and what may be shown of it is played again.
 */
#include "unit.h"

#include "base/text.h"
#include "player.h"
#include "transcripts.h"

enum { BYTES_MAX = 1 << 20 };

struct score {
	unsigned rows, same;
};

/*
 * So many rows of a file may be told otherwise: what is garbled, or in the midst of which
 * bytes are missing, is understood by words that are not shown, and so is a password that
 * is good once.
 */
static const struct allowance {
	const char *file;
	unsigned rows;
} allowances[] = {
	{ "beep.txt", 1 }, { "ftp.txt", 9 }, { "http.txt", 4 }, { "imap.txt", 2 },
	{ "irc.txt", 7 }, { "kerberos.txt", 1 }, { "mupdate.txt", 1 }, { "mysql.txt", 2 },
	{ "nbd.txt", 2 }, { "nut.txt", 1 }, { "postgresql.txt", 2 }, { "sieve.txt", 2 },
	{ "smtp.txt", 11 }, { "tds.txt", 2 }, { "xmpp.txt", 13 },
};

/* What the next bytes of that side have become. */
static struct span
next_shown(const struct masked *masked, size_t *at, size_t n)
{
	struct span shown = span_head(span_tail(span_of(masked->bytes, masked->n), *at), n);

	*at += n;
	return shown;
}

static void
replace(struct row *row, const struct masked masked[2])
{
	size_t at[2] = { 0, 0 };

	for (size_t i = 0; i < row->step_count; i++) {
		struct step *step = &row->steps[i];
		struct buffer *b = &step->bytes[LINE_CRLF];
		struct span shown;

		if (step->kind == STEP_GAP)
			at[step->from] += step->count;
		if (step->kind != STEP_BYTES)
			continue;
		shown = next_shown(&masked[step->from], &at[step->from], b->n);
		/* what nobody came to read is hidden */
		memset(b->p, MASKED_FILLER, b->n);
		if (shown.n > 0)
			memcpy(b->p, shown.p, shown.n);
	}
}

/* What is told in words that are masked, and hashes of them. */
static void
forget_words(struct observation *o)
{
	memset(o->reply, 0, sizeof(o->reply));
	memset(o->server_name, 0, sizeof(o->server_name));
	o->client_name_hash = 0;
	o->tunnel_to = 0;
	for (unsigned i = 0; i < OBSERVATION_MARKS_MAX; i++)
		memset(o->marks[i].text, 0, sizeof(o->marks[i].text));
}

static bool
is_same(struct observation *a, struct observation *b)
{
	forget_words(a);
	forget_words(b);
	return memcmp(a, b, sizeof(*a)) == 0;
}

static void
tell(const struct row *row, const struct observation *a, const struct observation *b,
    const struct masked masked[2])
{
	static char text[1 << 16];

	print_error("%s:%u: %s: is told otherwise\n", row->file, row->line, row->name);
	print_error("\tdialect %s/%s offered %d/%d asked %d/%d accepted %d/%d established %d/%d "
	    "answer %d/%d credentials %d/%d %s/%s payload %d/%d %s/%s marks %llx/%llx\n",
	    a->dialect, b->dialect, a->offered, b->offered, a->requested, b->requested,
	    a->accepted, b->accepted, a->established, b->established, a->answer, b->answer,
	    a->credentials, b->credentials, a->mechanism, b->mechanism, a->payload, b->payload,
	    a->command, b->command, (unsigned long long)a->marked,
	    (unsigned long long)b->marked);
	for (int side = 0; side < 2; side++) {
		text_escape(text, sizeof(text), span_of(masked[side].bytes, masked[side].n));
		print_error("\t%s: %s\n", side == SIDE_CLIENT ? "client" : "server", text);
	}
}

static void
play_twice(struct row *row, struct score *score)
{
	struct masked masked[2] = { { .max = BYTES_MAX }, { .max = BYTES_MAX } };
	static struct observation before, after;

	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	play_row(row, &(struct play){ .masked = masked }, &before);
	replace(row, masked);
	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &after);
	score->rows++;
	if (is_same(&before, &after))
		score->same++;
	else
		tell(row, &before, &after, masked);
	masked_clear(&masked[SIDE_CLIENT]);
	masked_clear(&masked[SIDE_SERVER]);
}

static unsigned
allowed(const char *file)
{
	for (size_t i = 0; i < sizeof(allowances) / sizeof(allowances[0]); i++) {
		if (strcmp(file, allowances[i].file) == 0)
			return allowances[i].rows;
	}
	return 0;
}

struct result {
	struct score sum;
	unsigned lost;		/* files of which more differ than may */
};

static void
play_file(void *ctx, const char *name, struct transcript *t)
{
	struct result *all = ctx;
	struct score score = { 0, 0 };

	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_piece && !t->rows[i].one_way && !t->rows[i].mid_stream)
			play_twice(&t->rows[i], &score);
	}
	print_message("%s: %u of %u\n", name, score.same, score.rows);
	all->sum.rows += score.rows;
	all->sum.same += score.same;
	all->lost += score.rows - score.same > allowed(name);
}

static void
what_is_shown_says_the_same(void **state)
{
	struct result all = { { 0, 0 }, 0 };

	(void)state;
	transcripts_each(play_file, &all);
	print_message("%u of %u\n", all.sum.same, all.sum.rows);
	assert_int_equal(all.lost, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shown_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
