/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/places.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge/store.h"
#include "run/folder.h"
#include "run/metrics_listen.h"
#include "sensor/evidence_store.h"

bool
places_may_judge(const struct settings *s)
{
	const struct passwd *user;

	if (s->user == NULL)
		return geteuid() != 0;
	user = getpwnam(s->user);
	return geteuid() == 0 || user == NULL || user->pw_uid == geteuid();
}

bool
places_is_hidden(const char *path)
{
	return path != NULL && access(path, R_OK) != 0 && errno == EACCES;
}

/* May this be done with it? Not judged where we are somebody else. */
static int
check_access(const char *path, int how, bool judges, struct err *e)
{
	return !judges || access(path, how) == 0 ? 0 : err_set_errno(e, "%.200s", path);
}

/* Is there a folder in which the file can be made? */
static int
check_folder(const char *path, bool judges, struct err *e)
{
	char *folder = folder_of(path);
	struct stat st;
	int result;

	if (folder == NULL || stat(folder, &st) < 0)
		result = errno == EACCES && !judges ? 0 : err_set_errno(e, "%.200s", path);
	else if (!S_ISDIR(st.st_mode))
		result = err_set(e, "%.200s: %.200s is no folder", path, folder);
	else
		result = check_access(folder, W_OK | X_OK, judges, e);
	free(folder);
	return result;
}

/* Also what stands beside it: files of another user's are a mistake that is easily made. */
static int
check_learning(const char *path, bool judges, struct err *e)
{
	static const char *const beside[] = { "", ".lock", "-wal", "-shm" };
	char name[PATH_MAX];

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, beside[i]);
		if (access(name, F_OK) == 0 && check_access(name, R_OK | W_OK, judges, e) < 0)
			return -1;
	}
	return check_folder(path, judges, e);
}

/* What may not be read here, and who watches may. */
static bool
is_anothers(const char *path, bool judges)
{
	char log[PATH_MAX];

	snprintf(log, sizeof(log), "%s-wal", path);
	return !judges && (places_is_hidden(path) || places_is_hidden(log));
}

static int
check_baseline(const struct settings *s, bool judges, struct err *e)
{
	struct store *store = NULL;
	struct baseline *b;
	struct stat st;
	int result;

	if (s->learn && check_learning(s->baseline, judges, e) < 0)
		return -1;
	/* it is made, if there is something to be written */
	if ((s->learn && stat(s->baseline, &st) < 0 && errno == ENOENT) ||
	    is_anothers(s->baseline, judges))
		return 0;
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
check_spool(const char *path, bool judges, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? check_folder(path, judges, e) :
		    errno == EACCES && !judges ? 0 : err_set_errno(e, "%.200s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%.200s: the spool is no regular file", path);
	return check_access(path, R_OK | W_OK, judges, e);
}

static int
check_spools(const struct read_outputs *o, bool judges, struct err *e)
{
	for (size_t i = 0; i < o->count; i++) {
		const char *spool = o->specs[i].delivery.spool;

		if (spool != NULL && check_spool(spool, judges, e) < 0)
			return -1;
	}
	return 0;
}

/* The folder of files in it is made, where it is not there; no link is followed. */
static int
check_evidence(const struct settings *s, bool judges, struct err *e)
{
	const char *directory = s->evidence.directory;
	char folder[PATH_MAX];
	struct stat st;

	if (!settings_keep_evidence(s))
		return 0;
	if (stat(directory, &st) < 0)
		return errno == EACCES && !judges ? 0 : err_set_errno(e, "%.200s", directory);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, "%.200s: is no folder", directory);
	snprintf(folder, sizeof(folder), "%s/" EVIDENCE_FOLDER, directory);
	if (lstat(folder, &st) < 0)
		return errno == ENOENT ? check_access(directory, R_OK | W_OK | X_OK, judges, e) :
		    errno == EACCES && !judges ? 0 : err_set_errno(e, "%.200s", folder);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, "%.200s: is no folder", folder);
	return check_access(folder, R_OK | W_OK | X_OK, judges, e);
}

int
places_check(const struct sensor *sensor, bool judges, struct err *e)
{
	const struct settings *s = sensor->settings;

	if (s->baseline != NULL && check_baseline(s, judges, e) < 0)
		return settings_blame(s, "baseline", e);
	if (check_spools(&sensor->outputs, judges, e) < 0)
		return settings_blame(s, "outputs", e);
	if (check_evidence(s, judges, e) < 0)
		return settings_blame(s, "evidence.directory", e);
	if (s->metrics != NULL && metrics_listen_look(s->metrics, judges, e) < 0)
		return settings_blame(s, "metrics", e);
	return 0;
}
