/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_READ_H
#define CMD_READ_H

/* "stripwatch read [OPTIONS] FILE... | -"; returns the exit status (run/read.h). */
int cmd_read(int argc, char **argv);

/* The same reading for another command ("explain"), with its own text of help. */
int read_command(const char *command, const char *help, int argc, char **argv);

#endif
