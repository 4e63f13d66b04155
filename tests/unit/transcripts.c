/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcripts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static const char *
folder(void)
{
	static char path[1024];
	const char *top = getenv("top_srcdir");

	snprintf(path, sizeof(path), "%s/tests/transcripts", top == NULL ? "." : top);
	return path;
}

static int
is_transcript(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".txt") == 0;
}

static void
show_file(const char *name, visit_transcript *visit, void *ctx)
{
	char path[2048];
	struct transcript *t;

	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	t = transcript_read(path);
	assert_non_null(t);
	visit(ctx, name, t);
	transcript_free(&t);
}

void
transcripts_each(visit_transcript *visit, void *ctx)
{
	struct dirent **files;
	int count = scandir(folder(), &files, is_transcript, alphasort);

	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		show_file(files[i]->d_name, visit, ctx);
		free(files[i]);
	}
	free(files);
}

struct checking {
	check_row *check;
	unsigned failed;
};

static void
check_file(void *ctx, const char *name, struct transcript *t)
{
	struct checking *c = ctx;

	(void)name;
	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_piece)
			c->failed += c->check(&t->rows[i]);
	}
}

void
transcripts_check(check_row *check)
{
	struct checking c = { check, 0 };

	transcripts_each(check_file, &c);
	assert_int_equal(c.failed, 0);
}
