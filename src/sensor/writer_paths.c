/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/writer_paths.h"

#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/folder.h"
#include "run/sandbox.h"
#include "sensor/evidence_store.h"

/*
 * An output has a file and a spool, each of which may be a link to another folder, or a spool and
 * three files of certificates; beside them are those of evidence and of networks.
 */
enum { FOLDERS_MAX = 5 * OUTPUTS_MAX + 8 };

struct list {
	const char *items[FOLDERS_MAX];
	size_t count;
};

/* Items are never freed: they live as long as the process. */
static void
add(struct list *list, const char *folder)
{
	if (folder != NULL && access(folder, F_OK) == 0)
		list->items[list->count++] = folder;
}

static void
add_file(struct list *list, const char *path)
{
	char *real = realpath(path, NULL);

	add(list, folder_at_hand(path));
	if (real != NULL)
		add(list, folder_of(real));
	free(real);
}

/* What is listed there may be links to files elsewhere. */
static void
add_network(struct list *list)
{
	char *resolver = realpath("/etc/resolv.conf", NULL);

	add(list, "/etc");
	if (resolver != NULL)
		add(list, folder_of(resolver));
	add(list, X509_get_default_cert_area());
	add(list, "/usr/share/ca-certificates");
	add(list, "/usr/local/share/ca-certificates");
	free(resolver);
}

static bool
is_file(enum sink_kind kind)
{
	return kind == SINK_FILE || kind == SINK_STANDARD;
}

/* What was missing may come: only where that is so, since others have read what they need. */
static void
add_missing(struct list *list, const struct sink_settings *sink)
{
	const char *const files[] = { sink->ca, sink->cert, sink->key };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i] != NULL)
			add(list, folder_of(files[i]));
	}
}

/* That folder, and nothing else of its directory. */
static void
add_evidence(struct list *list, const struct settings *s)
{
	static const char folder[] = "/" EVIDENCE_FOLDER;
	char *path;

	if (!settings_keep_evidence(s))
		return;
	path = malloc(strlen(s->evidence.directory) + sizeof(folder));
	if (path == NULL)
		return;
	memcpy(path, s->evidence.directory, strlen(s->evidence.directory));
	memcpy(path + strlen(s->evidence.directory), folder, sizeof(folder));
	add(list, path);
}

int
writer_paths_lock(const struct sensor *s, const struct outputs *opened, struct err *e)
{
	const struct read_outputs *outputs = &s->outputs;
	struct list written = { .count = 0 }, read = { .count = 0 };
	struct sandbox_plan plan = { .duty = DUTY_WRITE };
	enum sandbox sandbox;

	for (size_t i = 0; i < outputs->count; i++) {
		const struct delivery_settings *d = &outputs->specs[i].delivery;

		if (d->sink.kind == SINK_FILE)
			add_file(&written, d->sink.path);
		if (d->spool != NULL)
			add_file(&written, d->spool);
		if (delivery_is_down(outputs_at(opened, i)))
			add_missing(&read, &d->sink);
		plan.paths.network |= !is_file(d->sink.kind);
	}
	add_evidence(&written, s->settings);
	if (plan.paths.network)
		add_network(&read);
	plan.paths.read = read.items;
	plan.paths.read_count = read.count;
	plan.paths.write = written.items;
	plan.paths.write_count = written.count;
	return sandbox_enter(&plan, &sandbox, e);
}
