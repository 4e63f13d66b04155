/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TEST_ALERT_H
#define CMD_TEST_ALERT_H

/* "stripwatch test-alert": try the outputs; returns the exit status. */
int cmd_test_alert(int argc, char **argv);

#endif
