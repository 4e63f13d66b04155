/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_LAW_TEXT_H
#define SENSOR_LAW_TEXT_H

#include "base/err.h"
#include "judge/policy.h"
#include "judge/rule.h"
#include "run/settings.h"

/*
 * Rules and policy as they were last found right. The supervisor reads the files, at the start and
 * at SIGHUP, and puts what they hold into a file in memory, which every judge has
 * open: so one that comes when the files are broken, or may not be opened by it, goes by what
 * the one before it went by.
 */

/* That file, empty, or -1 with *e set. */
int law_text_open(struct err *e);

/*
 * Read the files of rules and policy and, when all are right, put them there: 0. Or -1 with *e
 * set, and what was there stays. Whoever reads at the same time has to be told to do so again.
 */
int law_text_renew(int fd, const struct settings *settings, struct err *e);

/* What stands there, *policy_r NULL when there is none: 0. Or -1 with *e set. */
int law_text_read(int fd, struct rule_set **rules_r, struct policy **policy_r, struct err *e);

#endif
