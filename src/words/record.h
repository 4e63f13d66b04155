/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_RECORD_H
#define WORDS_RECORD_H

#include <stdint.h>

#include "words/direction.h"
#include "words/observation.h"
#include "words/verdict.h"

/* Everything that an event is written from and a rule selects on. No pointers, like its parts. */
struct record {
	struct observation seen;
	struct history history;
	struct verdict verdict;
	enum direction direction;
};

#endif
