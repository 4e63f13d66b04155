/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_DESCRIPTOR_PASS_H
#define RUN_DESCRIPTOR_PASS_H

/*
 * An open file from one process to another (SCM_RIGHTS), or the reason why there is none:
 * send -1 with errno set, and the other one gets just that.
 */
void descriptor_send(int channel, int fd);

/* Waits for it. -1 with errno set. */
int descriptor_receive(int channel);

#endif
