/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_FOLDER_H
#define RUN_FOLDER_H

/*
 * The folder of a file, or the folder itself: what a process that locks itself in leaves
 * open, since files are replaced by others of their name. NULL when memory is short.
 * free() it.
 */
char *folder_of(const char *path);

/* The same, or of its parents the nearest that is there. */
char *folder_at_hand(const char *path);

#endif
