/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect/dialect.h"
#include "octets.h"
#include "tls_bytes.h"

#define SECOND_NS INT64_C(1000000000)

struct reader {
	struct transcript *t;
	const char *path;
	unsigned line;
	bool segment_open;	/* the next line of that side belongs to the last step */
};

static bool
complain(const struct reader *r, const char *what, const char *text)
{
	fprintf(stderr, "%s:%u: %s: %s\n", r->path, r->line, what, text);
	return false;
}

static void *
grow(void *array, size_t count, size_t size)
{
	void *grown = realloc(array, (count + 1) * size);

	if (grown == NULL)
		abort();
	memset((char *)grown + count * size, 0, size);
	return grown;
}

static struct row *
last_row(const struct reader *r)
{
	return r->t->count > 0 ? &r->t->rows[r->t->count - 1] : NULL;
}

/* The first clear port of the dialect whose file it is. */
static uint16_t
usual_port(const char *name)
{
	const struct dialect *dialect = dialect_by_name(name);

	return dialect != NULL ? dialect->ports[0] : 0;
}

static struct row *
new_row(struct reader *r, const char *name)
{
	struct transcript *t = r->t;
	struct row *row;

	t->rows = grow(t->rows, t->count, sizeof(*t->rows));
	row = &t->rows[t->count++];
	row->name = strdup(name);
	row->file = t->file;
	row->line = r->line;
	row->is_piece = name[0] == '@';
	row->dialect = t->dialect;
	row->port = usual_port(t->dialect);
	r->segment_open = false;
	return row;
}

static struct step *
new_step(struct reader *r, enum step_kind kind, enum side from)
{
	struct row *row = last_row(r);
	struct step *step;

	row->steps = grow(row->steps, row->step_count, sizeof(*row->steps));
	step = &row->steps[row->step_count++];
	step->kind = kind;
	step->from = from;
	r->segment_open = kind == STEP_BYTES;
	return step;
}

static void
copy_step(struct reader *r, const struct step *from)
{
	struct step *to = new_step(r, from->kind, from->from);

	to->count = from->count;
	to->wait_ns = from->wait_ns;
	for (int i = 0; i < LINE_ENDS; i++) {
		if (!buffer_add(&to->bytes[i], buffer_span(&from->bytes[i]), SIZE_MAX))
			abort();
	}
}

static struct step *
segment(struct reader *r, enum side from)
{
	struct row *row = last_row(r);
	struct step *last = row->step_count > 0 ? &row->steps[row->step_count - 1] : NULL;

	if (r->segment_open && last->from == from)
		return last;
	return new_step(r, STEP_BYTES, from);
}

static void
put(struct step *s, const void *bytes, size_t n)
{
	for (int i = 0; i < LINE_ENDS; i++) {
		if (!buffer_add(&s->bytes[i], span_of(bytes, n), SIZE_MAX))
			abort();
	}
}

static void
put_line_end(struct step *s, bool keep)
{
	if (!buffer_add(&s->bytes[LINE_CRLF], span_text("\r\n"), SIZE_MAX) ||
	    !buffer_add(&s->bytes[LINE_LF], span_text(keep ? "\r\n" : "\n"), SIZE_MAX))
		abort();
}

/* "{x*20000}" stands for that many; returns the characters used, or 0. */
static size_t
put_repeated(struct step *s, const char *text)
{
	unsigned long count;
	char *end;

	if (text[0] != '{' || text[1] == '\0' || text[2] != '*' || !isdigit((uint8_t)text[3]))
		return 0;
	count = strtoul(text + 3, &end, 10);
	if (*end != '}')
		return 0;
	while (count-- > 0)
		put(s, text + 1, 1);
	return (size_t)(end + 1 - text);
}

/* "\x0d" stands for that byte. */
static size_t
put_escaped(struct step *s, const char *text)
{
	char digits[3] = { 0 }, *end;
	uint8_t byte;

	if (strncmp(text, "\\x", 2) != 0)
		return 0;
	memcpy(digits, text + 2, strnlen(text + 2, 2));
	byte = (uint8_t)strtoul(digits, &end, 16);
	if (end != digits + 2)
		return 0;
	put(s, &byte, 1);
	return 4;
}

/* What looks like one of the two and is neither would say something else than was meant. */
static bool
is_malformed(const char *text)
{
	size_t end = strcspn(text, "}");

	if (text[0] == '{')
		return text[end] == '}' && memchr(text, '*', end) != NULL;
	return strncmp(text, "\\x", 2) == 0;
}

static bool
put_text(struct reader *r, struct step *s, const char *text)
{
	while (*text != '\0') {
		size_t used = put_repeated(s, text);

		if (used == 0)
			used = put_escaped(s, text);
		if (used == 0 && is_malformed(text))
			return complain(r, "neither {x*300} nor \\x0d", text);
		if (used == 0)
			put(s, text, used = 1);
		text += used;
	}
	return true;
}

/* What stands behind "C " or "S ": TLS, an event, or bytes that came twice. */
static bool
side_event(struct reader *r, enum side from, char *text)
{
	size_t n = strlen(text);
	struct buffer tls = { 0 };

	if (text[0] == '<' && text[n - 1] == '>') {
		text[n - 1] = '\0';
		if (!tls_bytes(text + 1, &tls))
			return complain(r, "no such TLS message", text + 1);
		put(segment(r, from), tls.p, tls.n);
		buffer_clear(&tls);
	} else if (strcmp(text, "fin") == 0) {
		new_step(r, STEP_FIN, from);
	} else if (strcmp(text, "foreign") == 0) {
		new_step(r, STEP_STRANGER, from);
	} else if (strcmp(text, "foreign rst") == 0) {
		new_step(r, STEP_STRANGER, from)->count = 1;
		new_step(r, STEP_RST, from);
	} else if (strcmp(text, "rst") == 0) {
		new_step(r, STEP_RST, from);
	} else if (strncmp(text, "gap ", 4) == 0) {
		new_step(r, STEP_GAP, from)->count = strtoull(text + 4, NULL, 10);
	} else if (strncmp(text, "conflict ", 9) == 0) {
		return put_text(r, new_step(r, STEP_CONFLICT, from), text + 9);
	} else {
		return complain(r, "no such event", text);
	}
	return true;
}

static bool
side_octets(struct reader *r, enum side from, const char *text)
{
	struct buffer octets = { 0 };

	if (!octets_write(text, &octets))
		return complain(r, "no octets", text);
	put(segment(r, from), octets.p, octets.n);
	buffer_clear(&octets);
	return true;
}

static bool
side_line(struct reader *r, enum side from, char *line)
{
	/* an empty line needs no blank behind its mark */
	char *text = line[1] == '\0' || line[2] == '\0' ? line + strlen(line) : line + 3;

	if (line[1] == ' ')
		return side_event(r, from, line + 2);
	if (line[1] == '=')
		return side_octets(r, from, text);
	if (line[1] == '\0' || strchr(":|~", line[1]) == NULL)
		return complain(r, "neither a line nor an event", line);
	if (!put_text(r, segment(r, from), text))
		return false;
	if (line[1] != '~')
		put_line_end(segment(r, from), line[1] == '|');
	return true;
}

/* "> offered=true marks=listing,request" */
static bool
wants_line(struct reader *r, char *text)
{
	struct row *row = last_row(r);

	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		char *next = text[n] == '\0' ? text + n : text + n + 1;
		char *value;
		struct want *want;

		text[n] = '\0';
		value = strchr(text, '=');
		if (value == NULL)
			return complain(r, "no value", text);
		*value++ = '\0';
		if (row_wants(row, text) != NULL)
			return complain(r, "said twice", text);
		row->wants = grow(row->wants, row->want_count, sizeof(*row->wants));
		want = &row->wants[row->want_count++];
		*want = (struct want){ strdup(text), strdup(value), r->line };
		text = next;
	}
	return true;
}

/* "@mail" stands for the steps of the piece of that name, which stands further up. */
static bool
piece_line(struct reader *r, const char *name)
{
	const struct transcript *t = r->t;

	for (size_t i = 0; i + 1 < t->count; i++) {
		if (!t->rows[i].is_piece || strcmp(t->rows[i].name, name) != 0)
			continue;
		for (size_t k = 0; k < t->rows[i].step_count; k++)
			copy_step(r, &t->rows[i].steps[k]);
		r->segment_open = false;
		return true;
	}
	return complain(r, "no such piece", name);
}

static void
set_heard(struct row *row, const char *name)
{
	row->one_way = true;
	row->heard = strcmp(name, side_name(SIDE_CLIENT)) == 0 ? SIDE_CLIENT : SIDE_SERVER;
}

static bool
setting_line(struct reader *r, const char *line)
{
	struct row *row = last_row(r);

	if (strcmp(line, "--") == 0)
		r->segment_open = false;
	else if (strncmp(line, "port ", 5) == 0)
		row->port = (uint16_t)strtoul(line + 5, NULL, 10);
	else if (strncmp(line, "wait ", 5) == 0)
		new_step(r, STEP_WAIT, SIDE_CLIENT)->wait_ns =
		    strtoll(line + 5, NULL, 10) * SECOND_NS;
	else if (strcmp(line, "idle") == 0)
		new_step(r, STEP_IDLE, SIDE_CLIENT);
	else if (strcmp(line, "cut off") == 0)
		new_step(r, STEP_CUT_OFF, SIDE_CLIENT);
	else if (strcmp(line, "mid-stream") == 0)
		row->mid_stream = true;
	else if (strcmp(line, "only client") == 0 || strcmp(line, "only server") == 0)
		set_heard(row, line + 5);
	else if (strcmp(line, "crlf-only") == 0)
		row->crlf_only = true;
	else
		return complain(r, "not understood", line);
	return true;
}

static bool
read_line(struct reader *r, char *line)
{
	if (line[0] == '\0' || line[0] == '#')
		return true;
	if (strncmp(line, "== ", 3) == 0)
		return new_row(r, line + 3) != NULL;
	if (last_row(r) == NULL)
		return complain(r, "before the first row", line);
	if (last_row(r)->want_count > 0 && line[0] != '>')
		return complain(r, "behind what is wanted", line);
	if (strncmp(line, "> ", 2) == 0)
		return wants_line(r, line + 2);
	if (line[0] == '@')
		return piece_line(r, line);
	if ((line[0] == 'C' || line[0] == 'S') && line[1] != '\0')
		return side_line(r, line[0] == 'C' ? SIDE_CLIENT : SIDE_SERVER, line);
	return setting_line(r, line);
}

/* ".../smtp.txt" is the dialect "smtp". */
static char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;

	return strndup(base, strcspn(base, "."));
}

struct transcript *
transcript_read(const char *path)
{
	struct transcript *t = calloc(1, sizeof(*t));
	struct reader r = { .t = t, .path = path };
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	bool good = file != NULL && t != NULL;

	if (!good)
		perror(path);
	else
		*t = (struct transcript){ .file = strdup(path), .dialect = base_name(path) };
	while (good && getline(&line, &size, file) > 0) {
		r.line++;
		line[strcspn(line, "\n")] = '\0';
		good = read_line(&r, line);
	}
	free(line);
	if (file != NULL)
		fclose(file);
	if (!good)
		transcript_free(&t);
	return t;
}

const char *
row_wants(const struct row *row, const char *key)
{
	for (size_t i = 0; i < row->want_count; i++) {
		if (strcmp(row->wants[i].key, key) == 0)
			return row->wants[i].value;
	}
	return NULL;
}

static void
free_row(struct row *row)
{
	for (size_t i = 0; i < row->step_count; i++) {
		for (int end = 0; end < LINE_ENDS; end++)
			buffer_clear(&row->steps[i].bytes[end]);
	}
	for (size_t i = 0; i < row->want_count; i++) {
		free(row->wants[i].key);
		free(row->wants[i].value);
	}
	free(row->steps);
	free(row->wants);
	free(row->name);
}

void
transcript_free(struct transcript **t)
{
	if (*t == NULL)
		return;
	for (size_t i = 0; i < (*t)->count; i++)
		free_row(&(*t)->rows[i]);
	free((*t)->rows);
	free((*t)->file);
	free((*t)->dialect);
	free(*t);
	*t = NULL;
}
