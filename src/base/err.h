/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * One message for a person, filled in where something failed and printed once
 * at the top. It says what failed, where, and what to do when that helps.
 */
struct err {
	char text[512];
};

/* Format the message; always returns -1, so that "return err_set(...)" reads well. */
int err_set(struct err *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with ": " and the text of errno behind it. */
int err_set_errno(struct err *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
