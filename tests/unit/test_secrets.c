/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No secret leaves, wherever a client types it and however a server repeats it:
 * every conversation of tests/transcripts is played with a secret in each of
 * its lines, and nothing of it may be left in what was seen.
 */
#include "unit.h"

#include "base/text.h"
#include "dialect/typed.h"
#include "player.h"
#include "transcripts.h"

enum { BYTES_MAX = 1 << 20 };

static const struct secret {
	const char *text, *in_base64;
	bool is_verb;		/* where a verb stands it is a damaged one, which is evidence */
	bool is_code;		/* where a code stands it is one, if nobody knows who typed it */
} secrets[] = {
	{ "s3cr3t", "czNjcjN0", false, false },
	/* some have a word for a password, or a number, that servers use as well */
	{ "Volume", "Vm9sdW1l", false, false },
	{ "987", "OTg3", false, true },
	{ "5.98.97", "NS45OC45Nw==", false, false },
	{ "xxxxxxxxxxx", "eHh4eHh4eHh4eHg=", true, false },
	{ "StArtTlZ", "U3RBcnRUbFo=", true, false },
};

/* Where it is put. */
enum place {
	BEHIND_LINES,		/* as the last words of each */
	INSTEAD_OF_WORDS,	/* all but the first of each line */
	FIRST_WORD,		/* of each line, behind a server's code */
	OWN_LINE,		/* behind a client's segment, before a server's */
	BEHIND_LABELS,		/* as we tell numbers of binary protocols */
	BEHIND_SEGMENTS,	/* without a line's end, as binary protocols have it */
	PLACES
};

static void
put(struct buffer *b, struct span bytes)
{
	if (bytes.n > 0)
		assert_true(buffer_add(b, bytes, BYTES_MAX));
}

static void
put_text(struct buffer *b, const char *text)
{
	put(b, span_text(text));
}

static void
put_secrets(struct buffer *b, const struct secret *secret, const char *before,
    const char *between, const char *after)
{
	put_text(b, before);
	put_text(b, secret->text);
	put_text(b, between);
	put_text(b, secret->in_base64);
	put_text(b, after);
}

/* The first word, or a server's code, with what stands behind it. */
static size_t
first_word(struct span line, enum side from)
{
	size_t n = 0;

	if (from == SIDE_SERVER && span_at(line, 0) >= '0' && span_at(line, 0) <= '9')
		return line.n < 4 ? line.n : 4;
	while (n < line.n && span_at(line, n) != ' ')
		n++;
	return n < line.n ? n + 1 : n;
}

/* A line without its end. */
static void
put_line(struct buffer *b, const struct secret *secret, struct span line, enum side from,
    enum place place)
{
	size_t n = first_word(line, from);

	switch (place) {
	case BEHIND_LINES:
		put(b, line);
		put_secrets(b, secret, " ", " ", "");
		break;
	case BEHIND_LABELS:
		put(b, line);
		put_secrets(b, secret, from == SIDE_SERVER ? " errno=" : " ", " sts=port=", "");
		break;
	case INSTEAD_OF_WORDS:
		put(b, span_head(line, n));
		put_secrets(b, secret, span_at(line, n - 1) == ' ' ? "" : " ", " ", "");
		break;
	case FIRST_WORD:
		put(b, span_head(line, from == SIDE_SERVER ? n : 0));
		put_text(b, secret->text);
		put_text(b, " ");
		put(b, span_tail(line, from == SIDE_SERVER ? n : 0));
		break;
	default:
		put(b, line);
		break;
	}
}

static void
put_segment(struct buffer *b, const struct secret *secret, struct span in, enum side from,
    enum place place)
{
	if (place == OWN_LINE && from == SIDE_SERVER)
		put_secrets(b, secret, "", "\r\n", "\r\n");
	while (in.n > 0) {
		size_t end = span_find(in, '\n');
		struct span line = span_head(in, end);
		bool crlf = span_at(line, line.n - 1) == '\r';

		if (end == in.n) {
			put(b, in);
			break;
		}
		put_line(b, secret, span_head(line, line.n - crlf), from, place);
		put_text(b, crlf ? "\r\n" : "\n");
		in = span_tail(in, end + 1);
	}
	if (place == OWN_LINE && from == SIDE_CLIENT)
		put_secrets(b, secret, "", "\r\n", "\r\n");
	if (place == BEHIND_SEGMENTS)
		put_secrets(b, secret, "", "", "");
}

/* What a load balancer writes in front is not the client's. */
static bool
is_preface(struct span bytes)
{
	return span_starts(bytes, "PROXY ") || span_starts(bytes, "\r\n\r\n");
}

/* Within TLS nobody types, and a record is shown as it is. */
static bool
is_tls(struct span bytes)
{
	static const char record[] = "\x16\x03";

	for (; bytes.n > 2; span_skip(&bytes, 1)) {
		if (span_starts(bytes, record))
			return true;
	}
	return false;
}

/* What a server says before its client has typed it cannot be an echo. */
static void
poison(struct row *row, const struct secret *secret, enum place place, bool tls)
{
	bool typed = row->mid_stream || row->one_way;

	for (size_t i = 0; i < row->step_count; i++) {
		struct step *step = &row->steps[i];
		struct buffer clean = step->bytes[LINE_CRLF];
		bool client = step->from == SIDE_CLIENT;

		if (clean.n == 0 || (client && is_preface(buffer_span(&clean))) ||
		    (!client && !typed) || is_tls(buffer_span(&clean)) != tls)
			continue;
		step->bytes[LINE_CRLF] = (struct buffer){ 0 };
		put_segment(&step->bytes[LINE_CRLF], secret, buffer_span(&clean), step->from,
		    place);
		typed = typed || step->bytes[LINE_CRLF].n > clean.n;
		buffer_clear(&clean);
	}
}

static bool
holds(const struct observation *seen, const char *text)
{
	struct span memory = span_of(seen, sizeof(*seen));

	for (; memory.n >= strlen(text); span_skip(&memory, 1)) {
		if (span_starts(memory, text))
			return true;
	}
	return false;
}

/* In a place where something else is to be seen in it. */
static bool
is_innocent(const struct row *row, const struct secret *secret, enum place place)
{
	bool heard = !row->mid_stream && !row->one_way;

	if (place != FIRST_WORD && place != OWN_LINE)
		return false;
	for (size_t i = 0; i < row->step_count; i++)
		heard = heard && row->steps[i].kind != STEP_GAP &&
		    row->steps[i].bytes[LINE_CRLF].n < TYPED_READ_MAX;
	return secret->is_verb || (secret->is_code && !heard);
}

/* What the client said instead of a verb. */
static void
forget_verbs(struct observation *seen)
{
	for (unsigned i = 0; i < seen->mark_count; i++) {
		if (seen->marks[i].from == SIDE_CLIENT)
			memset(seen->marks[i].text, 0, sizeof(seen->marks[i].text));
	}
}

/* How many words stand before it on its line. */
static unsigned
words_before(struct span bytes, size_t at)
{
	unsigned words = 0;

	for (; at > 0 && span_at(bytes, at - 1) != '\n'; at--)
		words += span_at(bytes, at) == ' ' && span_at(bytes, at - 1) != ' ';
	return words;
}

/* What stands in front of it on its line, but for blanks at the end. */
static struct span
line_before(struct span bytes, size_t at)
{
	size_t from = at;

	while (from > 0 && span_at(bytes, from - 1) != '\n')
		from--;
	while (at > from && span_at(bytes, at - 1) == ' ')
		at--;
	return span_head(span_tail(bytes, from), at - from);
}

static bool
is_alone(struct span bytes, size_t behind)
{
	while (span_at(bytes, behind) == ' ' || span_at(bytes, behind) == '\r')
		behind++;
	return behind == bytes.n || span_at(bytes, behind) == '\n';
}

/*
 * Where a verb stands a damaged one is evidence: first on its line, or behind a tag; a run
 * of one filler always, a near-miss with nothing behind it.
 */
static bool
is_told_verb(struct span bytes, size_t at, const struct secret *secret)
{
	struct span before = line_before(bytes, at);
	size_t behind = at + strlen(secret->text);

	return span_find(before, ' ') == before.n &&
	    (secret->text[0] == 'x' || is_alone(bytes, behind));
}

/* A number that says how long something is must be told as it is; and what is a code or a tag. */
static bool
is_told(struct span bytes, size_t at, const struct secret *secret)
{
	static const char bdat[] = "BDAT ";
	const size_t n = sizeof(bdat) - 1;

	if (secret->is_verb)
		return is_told_verb(bytes, at, secret);
	return secret->is_code && (words_before(bytes, at) <= 1 ||
	    (at >= 1 && span_at(bytes, at - 1) == '{') ||
	    (at >= n && span_starts_nocase(span_tail(bytes, at - n), bdat)));
}

static bool
shows(const struct masked *m, const char *text, const struct secret *secret)
{
	struct span bytes = span_of(m->bytes, m->n);

	for (size_t i = 0; i + strlen(text) <= bytes.n; i++) {
		if (span_starts(span_tail(bytes, i), text) && !is_told(bytes, i, secret))
			return true;
	}
	return false;
}

/* Is it in what a capture for evidence would hold? */
static bool
leaves_trace(const struct masked masked[2], const struct secret *secret)
{
	bool found = false;

	for (int side = 0; side < 2; side++)
		found = found || shows(&masked[side], secret->text, secret) ||
		    shows(&masked[side], secret->in_base64, secret);
	return found;
}

static void
show_trace(const struct masked masked[2])
{
	static char text[1 << 16];

	for (int side = 0; side < 2; side++) {
		text_escape(text, sizeof(text), span_of(masked[side].bytes, masked[side].n));
		print_error("\t%s: %s\n", side == SIDE_CLIENT ? "client" : "server", text);
	}
}

static unsigned
leaks(struct row *row, const struct secret *secret, enum place place)
{
	struct masked masked[2] = { { .max = BYTES_MAX }, { .max = BYTES_MAX } };
	static struct observation seen;
	bool traced;

	if (is_innocent(row, secret, place))
		return 0;
	memset(&seen, 0, sizeof(seen));
	poison(row, secret, place, false);
	play_row(row, &(struct play){ .style = PLAY_WHOLE, .masked = masked }, &seen);
	poison(row, secret, place, true);
	memset(&seen, 0, sizeof(seen));
	play_row(row, &(struct play){ .style = PLAY_WHOLE }, &seen);
	if (secret->is_verb)
		forget_verbs(&seen);
	traced = leaves_trace(masked, secret);
	if (traced)
		show_trace(masked);
	masked_clear(&masked[SIDE_CLIENT]);
	masked_clear(&masked[SIDE_SERVER]);
	if (!traced && !holds(&seen, secret->text) && !holds(&seen, secret->in_base64))
		return 0;
	print_error("%s:%u: %s: %s is left, in place %d\n", row->file, row->line, row->name,
	    secret->text, place);
	print_error("\tserver=%s reply=%s command=%s mechanism=%s\n", seen.server_name, seen.reply,
	    seen.command, seen.mechanism);
	for (unsigned i = 0; i < seen.mark_count; i++)
		print_error("\t%s: %s\n", mark_name((enum mark_kind)seen.marks[i].kind),
		    seen.marks[i].text);
	return 1;
}

/* One secret, put into one place of every row. */
struct hunt {
	const struct secret *secret;
	enum place place;
	unsigned leaks;
};

static void
hunt_in_file(void *ctx, const char *name, struct transcript *t)
{
	struct hunt *h = ctx;

	(void)name;
	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_piece)
			h->leaks += leaks(&t->rows[i], h->secret, h->place);
	}
}

static void
nothing_of_a_secret_is_left(void **state)
{
	unsigned count = 0;

	(void)state;
	for (size_t s = 0; s < sizeof(secrets) / sizeof(secrets[0]); s++) {
		for (int place = 0; place < PLACES; place++) {
			struct hunt h = { &secrets[s], (enum place)place, 0 };

			transcripts_each(hunt_in_file, &h);
			count += h.leaks;
		}
	}
	assert_int_equal(count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_a_secret_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
