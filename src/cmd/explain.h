/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_EXPLAIN_H
#define CMD_EXPLAIN_H

/* "stripwatch explain --flow ID FILE..."; returns the exit status (run/read.h). */
int cmd_explain(int argc, char **argv);

#endif
