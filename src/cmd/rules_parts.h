/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_RULES_PARTS_H
#define CMD_RULES_PARTS_H

#include "judge/rule.h"
#include "run/read.h"

/* What the files of "stripwatch rules" share. */

/* With the meanings that run/read.h gives them. */
enum { RULES_FINE = EXIT_ALL_READ, RULES_WRONG = EXIT_SOME_UNREAD };

extern const char rules_help[];

/* A message on standard error; the exit status. */
int rules_usage(const char *command, const char *what, const char *why);

/* Its technique; the operator's own rules have none and show their category. */
const char *rules_subject(const struct rule *rule);

/* "stripwatch rules explain ..." and "... test ...", from the word on. */
int rules_explain(int argc, char **argv);
int rules_test(int argc, char **argv);

#endif
