/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_BASELINE_H
#define CMD_BASELINE_H

/*
 * "stripwatch baseline show|stats|export|import|forget|accept FILE ...": look at
 * and mend what was learnt of servers. Exit status 0: done; 1: nothing of that
 * kind is there, or the input is wrong; 2: usage; 3: the file or the output failed.
 */
int cmd_baseline(int argc, char **argv);

#endif
