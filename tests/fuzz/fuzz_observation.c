/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A good observation with some bytes changed, as a process in somebody else's hands
 * might send it: it is refused, or everything behind the wall can live with it. Each
 * three bytes of the input are a place in it and what is put there; the last one or two, how
 * much of it is sent.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/observed.h"
#include "base/text.h"
#include "event/eve.h"
#include "event/json.h"
#include "fuzz.h"
#include "judge/decision.h"
#include "words/observation_check.h"

static void
change(struct observation_packed *packed, struct span edits)
{
	struct span edit;

	while (span_take(&edits, 3, &edit)) {
		size_t at = ((size_t)edit.p[0] << 8 | edit.p[1]) % sizeof(*packed);

		((uint8_t *)packed)[at] = edit.p[2];
	}
}

static void
use(const struct observation *seen)
{
	static const struct origin origin = { .host = "sensor" };
	struct record record = { .seen = *seen };
	const struct knowledge known = { .policy = POLICY_SILENT };
	struct json_object *event;
	const char *line;
	size_t length;

	decision_make(seen, &known, &record.verdict);
	event = eve_session(&record, &origin);
	line = json_line(event, &length);
	if (!text_is_shown(span_of(line, length)))
		abort();
	json_object_put(event);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct observation seen = observed_upgrade(1, 1), received;
	struct observation_packed packed = { .version = 0 };
	size_t n;

	memcpy(seen.server_name, "mx.example", 11);
	seen.mark_count = 1;
	seen.marks[0].kind = MARK_CLIENT_HELLO;
	n = observation_pack(&seen, &packed);
	change(&packed, span_of(data, size));
	if (size % 3 != 0)
		n = (n + data[size - 1]) % (sizeof(packed) + 1);
	if (observation_unpack(span_of(&packed, n), &received) == NULL)
		use(&received);
	return 0;
}
