/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_EXTRACT_H
#define CMD_EXTRACT_H

/* "stripwatch extract --flow ID [OPTIONS] FILE... | -"; returns the exit status. */
int cmd_extract(int argc, char **argv);

#endif
