/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_DIALECTS_H
#define CMD_DIALECTS_H

/*
 * "stripwatch dialects [--json] [NAME...]": what is compiled in. Without names a
 * table; with names, or as JSON (one object a line), the techniques as well.
 * Exit status 0: done; 2: usage, or there is none of that name; 3: the output failed.
 */
int cmd_dialects(int argc, char **argv);

#endif
