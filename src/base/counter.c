/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/counter.h"

#include <string.h>

bool
counter_is_level(const char *name)
{
	static const char *const levels[] = { "baseline.mixed", "baseline.neighbourhoods",
		"baseline.pairs", "baseline.servers", "baseline.since", "baseline.strong",
		"baseline.weak", "baseline.without", "capture.interfaces_down",
		"evidence.files_bytes", "evidence.kept_bytes", "flow.active", "judge.windows",
		"memory.rss", "queue.waiting", "relations.pairs", "rules.loaded",
		"session.kept_bytes", "stream.early_bytes", "twins.sessions", "uptime" };
	static const char waiting[] = ".queued";
	const size_t n = strlen(name), end = sizeof(waiting) - 1;

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(name, levels[i]) == 0)
			return true;
	}
	return n > end && strcmp(name + n - end, waiting) == 0;
}
