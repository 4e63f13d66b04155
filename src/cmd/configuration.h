/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CONFIGURATION_H
#define CMD_CONFIGURATION_H

/*
 * "stripwatch config check FILE" says what is wrong with a configuration file and with
 * the rules and the policy that it names; "config show [FILE]" writes all settings of
 * "stripwatch watch", with those of the file. Exit status 0: right; 1: wrong; 2: usage;
 * 3: the output failed.
 */
int cmd_config(int argc, char **argv);

#endif
