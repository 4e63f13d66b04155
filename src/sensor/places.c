/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/places.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "judge/store.h"
#include "run/folder.h"
#include "run/metrics_listen.h"

/* Is there a folder for a file that is to be made? */
static int
check_folder(const char *path, struct err *e)
{
	char *folder = folder_of(path);
	struct stat st;
	int result = 0;

	if (folder == NULL || stat(folder, &st) < 0)
		result = err_set_errno(e, "%.200s", path);
	else if (!S_ISDIR(st.st_mode))
		result = err_set(e, "%.200s: %.200s is no folder", path, folder);
	free(folder);
	return result;
}

static int
check_baseline(const struct settings *s, struct err *e)
{
	struct store *store = NULL;
	struct baseline *b;
	struct stat st;
	int result;

	/* it is made, if there is something to be written */
	if (s->learn && stat(s->baseline, &st) < 0 && errno == ENOENT)
		return check_folder(s->baseline, e);
	b = baseline_new(1, 1, e);
	if (b != NULL)
		store = store_open(s->baseline, STORE_READ, b, e);
	result = store != NULL ? 0 : -1;
	store_free(&store);
	baseline_free(&b);
	return result;
}

/* A link is not followed there. */
static int
check_spool(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? check_folder(path, e) : err_set_errno(e, "%.200s", path);
	return S_ISREG(st.st_mode) ? 0 :
	    err_set(e, "%.200s: the spool is no regular file", path);
}

static int
check_spools(const struct read_outputs *o, struct err *e)
{
	for (size_t i = 0; i < o->count; i++) {
		const char *spool = o->specs[i].delivery.spool;

		if (spool != NULL && check_spool(spool, e) < 0)
			return -1;
	}
	return 0;
}

static int
check_evidence(const struct settings *s, struct err *e)
{
	const char *directory = s->evidence.directory;
	struct stat st;

	if (!settings_keep_evidence(s))
		return 0;
	if (stat(directory, &st) < 0)
		return err_set_errno(e, "%.200s", directory);
	return S_ISDIR(st.st_mode) ? 0 : err_set(e, "%.200s: is no folder", directory);
}

int
places_check(const struct sensor *sensor, struct err *e)
{
	const struct settings *s = sensor->settings;

	if (s->baseline != NULL && check_baseline(s, e) < 0)
		return settings_blame(s, "baseline", e);
	if (check_spools(&sensor->outputs, e) < 0)
		return settings_blame(s, "outputs", e);
	if (check_evidence(s, e) < 0)
		return settings_blame(s, "evidence.directory", e);
	if (s->metrics != NULL && metrics_listen_look(s->metrics, e) < 0)
		return settings_blame(s, "metrics", e);
	return 0;
}
