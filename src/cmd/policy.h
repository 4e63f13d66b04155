/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_POLICY_H
#define CMD_POLICY_H

/*
 * "stripwatch policy check FILE..." and "policy import FILE...". Exit status 0: done;
 * 1: there is nothing to be expected in one of them; 2: usage, or what a file says is
 * wrong; 3: the output failed.
 */
int cmd_policy(int argc, char **argv);

#endif
