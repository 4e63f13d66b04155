/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_STORE_CHECK_H
#define JUDGE_STORE_CHECK_H

#include <sqlite3.h>

#include "base/err.h"

enum {
	STORE_APPLICATION = 0x73747770,	/* "stwp", in the file's header */
	STORE_VERSION = 4,
	/* its servers are packed more loosely (server_pack.h); they are taken as they are */
	STORE_VERSION_READ = 3,
};

/*
 * Open it to be read, and look whether the file is a whole baseline of ours. NULL with *e set.
 * Nothing is changed, and where its folder may be written nothing stays behind when it is closed.
 */
sqlite3 *store_check(const char *path, struct err *e);

#endif
