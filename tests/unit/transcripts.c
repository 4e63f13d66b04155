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

/* How many rows of a file fail. */
static unsigned
check_file(const char *name, check_row *check)
{
	char path[2048];
	struct transcript *t;
	unsigned failed = 0;

	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	t = transcript_read(path);
	assert_non_null(t);
	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_piece)
			failed += check(&t->rows[i]);
	}
	transcript_free(&t);
	return failed;
}

void
transcripts_check(check_row *check)
{
	struct dirent **files;
	int count = scandir(folder(), &files, is_transcript, alphasort);
	unsigned failed = 0;

	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		failed += check_file(files[i]->d_name, check);
		free(files[i]);
	}
	free(files);
	assert_int_equal(failed, 0);
}
