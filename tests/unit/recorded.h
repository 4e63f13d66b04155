/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_RECORDED_H
#define TESTS_RECORDED_H

/* A record made by hand and where it comes from, for tests of what is written of it. */

#include "event/origin.h"
#include "observed.h"
#include "words/record.h"

static const char *const files[] = { "a.pcap", "b\xff.pcap" };
static const struct origin origin = { .host = "sensor.example", .source_names = files,
	.source_count = 2 };

/* A listing without the offer, in frame 8 of the second file. */
static inline struct record
stripped_record(void)
{
	struct record r = { .seen = observed_lack(1, 1) };

	r.verdict.outcome = OUTCOME_ABSENT;
	r.verdict.count = 1;
	r.verdict.findings[0] = (struct finding){ TECHNIQUE_CAP_STRIPPED, true };
	r.verdict.confidence = 80;
	r.verdict.proof = PROOF_HISTORY;
	r.seen.flow.last.number = 17;
	r.seen.at = (struct frame_ref){ r.seen.flow.last.at_ns, 12, 1 };
	r.seen.mark_count = 1;
	r.seen.marks[0] = (struct mark){ MARK_LISTING_LACKS, SIDE_SERVER,
		{ r.seen.flow.first.at_ns, 8, 1 }, "no STARTTLS among: SIZE" };
	return r;
}

#endif
