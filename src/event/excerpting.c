/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/excerpting.h"

#include "base/text.h"
#include "dialect/quote.h"

static void
limit(char *text, size_t size, enum excerpts excerpts)
{
	char whole[TWIN_TEXT_SIZE + REPLY_SIZE];

	if (excerpts == EXCERPTS_OFF) {
		text[0] = '\0';
	} else if (text[0] != '\0') {
		text_copy(whole, sizeof(whole), text);
		quote_own_words(text, size, span_text(whole));
	}
}

void
excerpts_limit(struct record *record, enum excerpts excerpts)
{
	struct observation *seen = &record->seen;
	struct twin *twin = &record->verdict.twin;

	if (excerpts == EXCERPTS_FULL)
		return;
	limit(seen->reply, sizeof(seen->reply), excerpts);
	for (unsigned i = 0; i < seen->mark_count; i++)
		limit(seen->marks[i].text, sizeof(seen->marks[i].text), excerpts);
	limit(twin->says, sizeof(twin->says), excerpts);
}

static void
pass_session(void *ctx, const struct record *record)
{
	const struct excerpting *between = ctx;
	struct record limited = *record;

	excerpts_limit(&limited, between->excerpts);
	between->to.session(between->to.ctx, &limited);
}

static void
pass_alert(void *ctx, const struct alert *alert)
{
	const struct excerpting *between = ctx;
	struct record limited = *alert->record;
	struct alert passed = *alert;

	excerpts_limit(&limited, between->excerpts);
	passed.record = &limited;
	between->to.alert(between->to.ctx, &passed);
}

struct judge_listener
excerpts_listener(struct excerpting *between)
{
	if (between->excerpts == EXCERPTS_FULL)
		return between->to;
	return (struct judge_listener){ between, pass_session, pass_alert };
}
