/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

/* "stripwatch watch": returns the exit status. */
int cmd_watch(int argc, char **argv);

#endif
