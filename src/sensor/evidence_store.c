/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/evidence_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "run/evidence_piece.h"

enum { NAME_SIZE = 40 };

#define ENDING ".pcap"
#define UNFINISHED ".part"

struct evidence_store {
	int folder;			/* -1: it is no more, and nothing is saved */
	struct evidence_store_limits limits;
	bool failing;			/* and told */
	uint64_t saved, not_saved, removed, bytes;
};

/* One of our files, as far as tidying is concerned. */
struct entry {
	char name[NAME_SIZE];
	int64_t changed_s;
	uint64_t bytes;
};

static int
open_folder(const char *directory, struct err *e)
{
	int outer = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder;

	if (outer < 0)
		return err_set_errno(e, "evidence: %.300s", directory);
	if (mkdirat(outer, EVIDENCE_FOLDER, S_IRWXU) != 0 && errno != EEXIST) {
		err_set_errno(e, "evidence: %.300s/" EVIDENCE_FOLDER, directory);
		close(outer);
		return -1;
	}
	folder = openat(outer, EVIDENCE_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(outer);
	if (folder >= 0 && faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return folder;
	err_set_errno(e, "evidence: %.300s/" EVIDENCE_FOLDER, directory);
	if (folder >= 0)
		close(folder);
	return -1;
}

struct evidence_store *
evidence_store_open(const char *directory, const struct evidence_store_limits *limits,
    bool resumed, struct err *e)
{
	struct evidence_store *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		err_set_errno(e, "evidence");
		return NULL;
	}
	s->limits = *limits;
	s->folder = open_folder(directory, e);
	if (s->folder >= 0) {
		evidence_store_tidy(s);
	} else if (resumed) {
		log_warnx("%s; no packets of alerts are saved until the sensor is started anew",
		    e->text);
	} else {
		free(s);
		return NULL;
	}
	return s;
}

static void
name_file(uint64_t flow_id, const char *ending, char name_r[NAME_SIZE])
{
	snprintf(name_r, NAME_SIZE, "%" PRIu64 "%s", flow_id, ending);
}

/* DIGITS.pcap, or what is left of one that was never finished. */
static bool
is_ours(const char *name)
{
	const size_t digits = strspn(name, "0123456789");

	return digits > 0 && strlen(name) < NAME_SIZE &&
	    (strcmp(name + digits, ENDING) == 0 || strcmp(name + digits, UNFINISHED) == 0);
}

/* The disk is full, or the folder is no more: nothing else waits for that. */
static void
fail(struct evidence_store *s, const char *name)
{
	const int error = errno;

	s->not_saved++;
	unlinkat(s->folder, name, 0);
	errno = error;
	if (!s->failing)
		log_warn("evidence: %s cannot be written", name);
	s->failing = true;
}

static int
open_unfinished(const struct evidence_store *s, const char *name, uint32_t offset)
{
	struct stat st;
	int fd;

	if (offset == 0) {
		unlinkat(s->folder, name, 0);
		return openat(s->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    S_IRUSR | S_IWUSR);
	}
	fd = openat(s->folder, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size != (off_t)offset)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

static bool
write_at(int fd, struct span bytes, uint32_t offset)
{
	bool done;

	errno = ENOSPC;		/* where it is cut short */
	done = pwrite(fd, bytes.p, bytes.n, (off_t)offset) == (ssize_t)bytes.n;
	if (close(fd) != 0)
		return false;
	return done;
}

/* A piece whose predecessor was lost on its way, or could not be written, was told of then. */
static bool
is_orphan(const struct evidence_store *s, const char *name, uint32_t offset)
{
	struct stat st;

	return offset > 0 && (fstatat(s->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_size != (off_t)offset);
}

void
evidence_store_take(struct evidence_store *s, struct span body)
{
	char name[NAME_SIZE], finished[NAME_SIZE];
	struct evidence_piece piece;
	struct span bytes;
	int fd;

	if (body.n <= sizeof(piece))
		return;
	memcpy(&piece, body.p, sizeof(piece));
	if (s->folder < 0) {
		s->not_saved += piece.offset == 0;
		return;
	}
	bytes = span_tail(body, sizeof(piece));
	name_file(piece.flow_id, UNFINISHED, name);
	name_file(piece.flow_id, ENDING, finished);
	if (is_orphan(s, name, piece.offset))
		return;
	fd = open_unfinished(s, name, piece.offset);
	if (fd < 0 || !write_at(fd, bytes, piece.offset)) {
		fail(s, name);
		return;
	}
	if (piece.offset + bytes.n < piece.total)
		return;
	if (renameat(s->folder, name, s->folder, finished) != 0) {
		fail(s, name);
		return;
	}
	s->saved++;
	s->failing = false;
	evidence_store_tidy(s);
}

/* All of ours; NULL without any. */
static struct entry *
list_files(const struct evidence_store *s, size_t *count_r)
{
	/* a descriptor of its own: what is read of a folder is a matter of the descriptor */
	int fd = openat(s->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct entry *entries = NULL, *more;
	const struct dirent *found;
	struct stat st;
	size_t n = 0;

	*count_r = 0;
	if (folder == NULL && fd >= 0)
		close(fd);
	while (folder != NULL && (found = readdir(folder)) != NULL) {
		if (!is_ours(found->d_name) ||
		    fstatat(s->folder, found->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if ((n & (n - 1)) == 0) {
			more = realloc(entries, (n > 0 ? 2 * n : 1) * sizeof(*entries));
			if (more == NULL)
				break;
			entries = more;
		}
		entries[n] = (struct entry){ .changed_s = st.st_mtime,
			.bytes = (uint64_t)st.st_size };
		snprintf(entries[n++].name, NAME_SIZE, "%s", found->d_name);
	}
	if (folder != NULL)
		closedir(folder);
	*count_r = n;
	return entries;
}

static int
compare_age(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return a->changed_s != b->changed_s ? (a->changed_s < b->changed_s ? -1 : 1) :
	    strcmp(a->name, b->name);
}

void
evidence_store_tidy(struct evidence_store *s)
{
	const int64_t oldest_s = (int64_t)time(NULL) - s->limits.age_max_s;
	size_t count;
	struct entry *entries;

	if (s->folder < 0)
		return;
	entries = list_files(s, &count);
	s->bytes = 0;
	for (size_t i = 0; i < count; i++)
		s->bytes += entries[i].bytes;
	if (count > 1)
		qsort(entries, count, sizeof(*entries), compare_age);
	for (size_t i = 0; i < count; i++) {
		if (entries[i].changed_s >= oldest_s && s->bytes <= s->limits.bytes_max)
			break;
		if (unlinkat(s->folder, entries[i].name, 0) != 0)
			continue;
		s->bytes -= entries[i].bytes;
		s->removed++;
	}
	free(entries);
}

void
evidence_store_counters(const struct evidence_store *s, counter_visit *visit, void *ctx)
{
	visit(ctx, "evidence.saved", s->saved);
	visit(ctx, "evidence.not_saved", s->not_saved);
	visit(ctx, "evidence.removed", s->removed);
	visit(ctx, "evidence.files_bytes", s->bytes);
}

void
evidence_store_close(struct evidence_store **s)
{
	if (*s == NULL)
		return;
	if ((*s)->folder >= 0)
		close((*s)->folder);
	free(*s);
	*s = NULL;
}
