/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVENT_TEXT_H
#define EVENT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "event/origin.h"
#include "judge/judge.h"
#include "words/record.h"

/*
 * Events for a person: a line or two for each session, an alert with its
 * evidence, and at the end a summary. Written to a memory stream by the caller.
 */
void text_session(FILE *out, const struct record *record, const struct origin *origin,
    bool colour);

void text_alert(FILE *out, const struct alert *alert, const struct origin *origin,
    bool colour);

#endif
