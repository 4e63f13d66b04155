/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_NEIGHBOURS_H
#define JUDGE_NEIGHBOURS_H

#include "judge/baseline.h"
#include "judge/server.h"
#include "words/observation.h"
#include "words/verdict.h"

/*
 * What a baseline knows of whole neighbourhoods (neighbourhood.h): the only thing that can
 * be expected of a server that was never seen.
 */

/* So the server, or one of its members, stands now: those around it take note. */
void neighbours_learn(struct baseline *b, const struct server *s);

/* As if it had never been there: its address. */
void neighbours_forget(struct baseline *b, const struct server *s);

/* What those around a stranger do, into history_r->neighbours*. */
void neighbours_look(struct baseline *b, const struct observation *seen,
    struct history *history_r);

#endif
