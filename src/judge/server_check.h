/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_SERVER_CHECK_H
#define JUDGE_SERVER_CHECK_H

#include "judge/memory.h"
#include "judge/server.h"

/*
 * Can what is said of a server, or of a client and a server, have been learnt from sessions
 * until then? NULL, or what cannot, for a person.
 */
const char *server_impossible(const struct server *s, int64_t now_ns);
const char *pair_impossible(const struct pair *p, int64_t now_ns);

#endif
