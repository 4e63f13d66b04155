/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_SIDE_H
#define WORDS_SIDE_H

/* Who sent something. The client opened the TCP connection. Also an index into pairs. */
enum side { SIDE_CLIENT, SIDE_SERVER };

static inline enum side
side_other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

static inline const char *
side_name(enum side side)
{
	return side == SIDE_CLIENT ? "client" : "server";
}

#endif
