/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_RULES_H
#define CMD_RULES_H

/*
 * "stripwatch rules list [--format text|json] [FILE|DIR...]" shows what is built
 * in, or what the files hold; "rules check FILE|DIR..." says what is wrong with
 * them. Exit status 0: right; 1: wrong; 2: usage; 3: the output failed.
 */
int cmd_rules(int argc, char **argv);

#endif
