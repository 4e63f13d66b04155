/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memfd_create(2) */
#include "config.h"
#include "sensor/law_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Before the name and the text of each file. */
struct head {
	uint32_t is_policy;
	uint32_t name_bytes, text_bytes;
};

int
law_text_open(struct err *e)
{
	int fd = memfd_create("rules and policy", MFD_CLOEXEC);

	return fd >= 0 ? fd : err_set_errno(e, "rules and policy");
}

/* --- Files to text --- */

static int
append(FILE *out, bool is_policy, const char *path, struct err *e)
{
	struct head head = { .is_policy = is_policy, .name_bytes = (uint32_t)strlen(path) + 1 };
	char *text;
	size_t n;

	if (file_read(path, RULE_FILE_MAX, &text, &n, e) < 0)
		return -1;
	head.text_bytes = (uint32_t)n;
	fwrite(&head, sizeof(head), 1, out);
	fwrite(path, head.name_bytes, 1, out);
	fwrite(text, 1, n, out);
	free(text);
	return 0;
}

static int
append_rules(void *out, const char *path, struct err *e)
{
	return append(out, false, path, e);
}

static int
append_all(FILE *out, const struct settings *s, struct err *e)
{
	for (size_t i = 0; i < s->rules.count; i++) {
		if (rule_files_visit(s->rules.items[i], append_rules, out, e) < 0)
			return settings_blame(s, "rules", e);
	}
	if (s->policy != NULL && append(out, true, s->policy, e) < 0)
		return settings_blame(s, "policy", e);
	return 0;
}

/* To be freed; text_r->p NULL where that failed. */
static int
gather(const struct settings *s, struct span *text_r, struct err *e)
{
	char *bytes = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n);
	int result;

	*text_r = span_of(NULL, 0);
	if (out == NULL)
		return err_set_errno(e, "rules and policy");
	result = append_all(out, s, e);
	if (fclose(out) != 0 && result == 0)
		result = err_set_errno(e, "rules and policy");
	*text_r = span_of(bytes, n);
	return result;
}

/* --- Text to rules --- */

static int
take_file(struct span *text, struct rule_set *rules, struct policy **policy, struct err *e)
{
	struct span bytes, name, body;
	struct head head;

	if (!span_take(text, sizeof(head), &bytes))
		return err_set(e, "rules and policy: cut short");
	memcpy(&head, bytes.p, sizeof(head));
	if (!span_take(text, head.name_bytes, &name) || name.n == 0 || name.p[name.n - 1] != '\0' ||
	    !span_take(text, head.text_bytes, &body))
		return err_set(e, "rules and policy: cut short");
	if (!head.is_policy)
		return rule_set_add(rules, (const char *)name.p, body, e);
	*policy = policy_parse((const char *)name.p, body, e);
	return *policy != NULL ? 0 : -1;
}

static int
parse(struct span text, struct rule_set **rules_r, struct policy **policy_r, struct err *e)
{
	int result = 0;

	*policy_r = NULL;
	*rules_r = rule_set_new();
	while (text.n > 0 && result == 0)
		result = take_file(&text, *rules_r, policy_r, e);
	if (result == 0 && rule_set_count(*rules_r) == 0)
		result = rule_set_add_builtin(*rules_r, e);
	if (result < 0) {
		rule_set_free(rules_r);
		policy_free(policy_r);
	}
	return result;
}

/* --- The file in memory --- */

static int
write_all(int fd, struct span text, struct err *e)
{
	size_t done = 0;

	if (ftruncate(fd, 0) < 0)
		return err_set_errno(e, "rules and policy");
	while (done < text.n) {
		ssize_t n = pwrite(fd, text.p + done, text.n - done, (off_t)done);

		if (n < 0 && errno != EINTR)
			return err_set_errno(e, "rules and policy");
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int
law_text_renew(int fd, const struct settings *settings, struct err *e)
{
	struct rule_set *rules = NULL;
	struct policy *policy = NULL;
	struct span text;
	int result = gather(settings, &text, e);

	if (result == 0)
		result = parse(text, &rules, &policy, e);
	if (result == 0)
		result = write_all(fd, text, e);
	rule_set_free(&rules);
	policy_free(&policy);
	free((void *)(uintptr_t)text.p);
	return result;
}

int
law_text_read(int fd, struct rule_set **rules_r, struct policy **policy_r, struct err *e)
{
	struct stat st;
	char *bytes;
	ssize_t n;
	int result;

	if (fstat(fd, &st) < 0 || (bytes = malloc((size_t)st.st_size + 1)) == NULL)
		return err_set_errno(e, "rules and policy");
	n = pread(fd, bytes, (size_t)st.st_size, 0);
	result = n < 0 ? err_set_errno(e, "rules and policy") :
	    parse(span_of(bytes, (size_t)n), rules_r, policy_r, e);
	free(bytes);
	return result;
}
