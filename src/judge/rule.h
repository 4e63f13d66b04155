/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RULE_H
#define JUDGE_RULE_H

/*
 * Rules: Sigma files that select on the fields of a session and say what an
 * alert is called, how grave it is and which innocent explanations there are.
 * They are policy; what happened is decided by the verdict. docs/rules.md
 * describes the dialect of Sigma that is read.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/err.h"
#include "base/span.h"
#include "words/record.h"
#include "words/technique.h"

/* Limits of what is read; a file beyond them is refused by name. */
enum {
	RULE_FILE_MAX = 256 * 1024,	/* bytes */
	RULE_SET_MAX = 4096,		/* rules */
	RULE_TITLE_MAX = 256,
	RULE_VALUE_MAX = 512,		/* bytes of one value to compare with */
	RULE_CONDITION_MAX = 1024,	/* bytes of a condition */
	RULE_CONDITION_DEPTH_MAX = 32,
	RULE_PARTS_MAX = 256,		/* operands in a row, values in a list */
	RULE_REGEX_MAX = 256,		/* bytes of a regular expression */
	RULE_MITRE_SIZE = 16,
};

/* Kleene's three values in their order: and is the least, or the greatest. */
enum rule_answer { RULE_NO, RULE_CANNOT_TELL, RULE_YES };

enum rule_level {
	RULE_INFORMATIONAL,
	RULE_LOW,
	RULE_MEDIUM,
	RULE_HIGH,
	RULE_CRITICAL,
	RULE_LEVELS
};

/* Texts in the order of the file; NULL and 0 when there are none. */
struct rule_texts {
	size_t count;
	const char *const *items;
};

struct rule_expression;
struct rule_detection;

/* One rule; all texts belong to the set. Optional ones are "" when missing. */
struct rule {
	const char *file;		/* as it was named, for messages */
	unsigned line;			/* where its document begins */
	const char *id;			/* the UUID of Sigma */
	const char *title;		/* one line */
	const char *description;
	const char *status;
	enum rule_level level;
	uint32_t sid, rev;		/* alert.signature_id and .rev: stable for ever */
	enum category category;
	enum technique technique;	/* TECHNIQUE_NONE when it is about no one */
	bool if_nothing_found;		/* says no wherever starttls.findings is there */
	bool if_found;			/* ... or is not there */
	struct rule_texts tags;
	struct rule_texts references;
	struct rule_texts falsepositives;

	const struct rule_expression *condition;
	const struct rule_detection *detections;
};

/* alert.severity: 1 for critical and high, 2 medium, 3 low, 4 informational. */
unsigned rule_severity(const struct rule *rule);

/* "critical"; never NULL. */
const char *rule_level_name(enum rule_level level);

/* "attack.t1557.002" gives "T1557.002"; false for any other tag. */
bool rule_mitre_id(const char *tag, char id_r[RULE_MITRE_SIZE]);

/* The answer for one session; none when it hangs on a fact that was not seen. */
enum rule_answer rule_answer(const struct rule *rule, const struct record *record);

/*
 * Looks for what is allowed and yet wrong: a negated field that may be absent,
 * a detection that nothing uses, a level below what its category promises, an
 * alert without an innocent explanation. Each finding goes to report() as
 * FILE:LINE: text. Returns the number of errors; warnings are not counted.
 */
enum rule_finding { RULE_WARNING, RULE_ERROR };
typedef void rule_report(void *ctx, enum rule_finding kind, const char *message);
unsigned rule_check(const struct rule *rule, rule_report *report, void *ctx);

/* A set of rules, in the order in which they were added. */
struct rule_set;

struct rule_set *rule_set_new(void);
void rule_set_free(struct rule_set **set);

/*
 * Add every rule of a text, a file, a path (a file, or a directory's *.yml and
 * *.yaml, sorted) or of those built into the program. -1 with FILE:LINE in the
 * message when something is wrong; the rules before that point stay.
 */
int rule_set_add(struct rule_set *set, const char *name, struct span text, struct err *e);
int rule_set_add_file(struct rule_set *set, const char *path, struct err *e);
int rule_set_add_path(struct rule_set *set, const char *path, struct err *e);
int rule_set_add_builtin(struct rule_set *set, struct err *e);

/* A set of those at the paths, or without any of those built in. NULL with *e set. */
struct rule_set *rule_set_load(const char *const *paths, size_t count, struct err *e);

/* Calls visit() for a file, or for each one of a directory; stops at its first -1. */
typedef int rule_file_visit(void *ctx, const char *path, struct err *e);
int rule_files_visit(const char *path, rule_file_visit *visit, void *ctx, struct err *e);

size_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_at(const struct rule_set *set, size_t index);
const struct rule *rule_set_by_sid(const struct rule_set *set, uint32_t sid);

/*
 * Asks every rule about a session and calls hit() for each that says yes.
 * Those that cannot tell stay silent; of a final record they are counted.
 */
typedef void rule_hit(void *ctx, const struct rule *rule);
void rule_set_judge(struct rule_set *set, const struct record *record,
    rule_hit *hit, void *ctx);

/* "rules.loaded", "rules.matched", "rules.cannot_tell" */
void rule_set_counters(const struct rule_set *set, counter_visit *visit, void *ctx);

#endif
