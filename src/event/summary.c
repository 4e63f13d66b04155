/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "words/technique.h"
#include "words/verdict.h"

enum { DIALECTS_MAX = 32 };

/* Counters that mean "not judged", in words. */
static const struct {
	const char *counter;
	const char *reason;
} reasons[] = {
	{ "capture.files_unread", "files that could not be read, or not to their end" },
	{ "decode.unknown_link", "frames of a link type that is not read" },
	{ "decode.short", "frames cut before their headers end" },
	{ "decode.bad_ip", "frames with an impossible IP header" },
	{ "decode.fragment.lost", "datagrams of which not every fragment was seen" },
	{ "decode.fragment.truncated", "IP fragments cut off by the snaplen" },
	{ "decode.fragment.malformed", "IP fragments of impossible lengths" },
	{ "decode.fragment.conflict", "IP fragments that contradict others" },
	{ "decode.fragment.spoiled", "datagrams whose first fragments were false" },
	{ "decode.bad_tcp", "frames with an impossible TCP header" },
	{ "decode.too_deep", "frames with headers nested too deep" },
	{ "decode.other_port", "frames of ports that were left out" },
	{ "stream.bad_checksum", "segments with a wrong checksum" },
	{ "stream.gap_bytes", "bytes that were sent and never seen" },
	{ "stream.no_handshake", "connections whose beginning was not seen" },
	{ "stream.one_sided", "connections of which only one side was seen" },
	{ "flow.evicted", "connections let go because a table was full" },
	{ "session.no_memory", "connections not followed for lack of memory" },
	{ "judge.candidates_lost", "verdicts that hindsight could not look at again" },
	{ "rules.cannot_tell", "times a rule could not tell, because a fact was not seen" },
};

enum { REASONS = sizeof(reasons) / sizeof(reasons[0]) };

struct summary {
	struct {
		char dialect[DIALECT_NAME_SIZE];
		uint64_t outcomes[OUTCOMES];
	} rows[DIALECTS_MAX];
	size_t row_count;
	uint64_t alerts[TECHNIQUES];	/* of severity 1 and 2; [0]: rules of no technique */
	uint64_t notices;
	uint64_t unclear;		/* sessions */
	uint64_t left_out[REASONS];	/* by the rows of reasons[] */
};

struct summary *
summary_new(void)
{
	return calloc(1, sizeof(struct summary));
}

void
summary_session(struct summary *s, const struct record *record)
{
	const char *name = record->seen.implicit ? "tls" :
	    record->seen.dialect[0] != '\0' ? record->seen.dialect : "unknown";
	size_t i = 0;

	s->unclear += record_is_unclear(record);
	while (i < s->row_count && strcmp(s->rows[i].dialect, name) != 0)
		i++;
	if (i == DIALECTS_MAX)
		return;
	if (i == s->row_count) {
		text_copy(s->rows[i].dialect, sizeof(s->rows[i].dialect), name);
		s->row_count++;
	}
	s->rows[i].outcomes[record->verdict.outcome]++;
}

void
summary_alert(struct summary *s, const struct alert *alert)
{
	if (alert->severity <= 2)
		s->alerts[alert->rule->technique]++;
	else
		s->notices++;
}

void
summary_counter(void *summary, const char *name, uint64_t value)
{
	struct summary *s = summary;

	for (size_t i = 0; i < REASONS; i++) {
		if (strcmp(reasons[i].counter, name) == 0)
			s->left_out[i] = value;
	}
}

static void
write_sessions(const struct summary *s, FILE *out)
{
	fputs("\nSessions\n", out);
	if (s->row_count == 0)
		fputs("  none of a protocol that can start TLS\n", out);
	for (size_t i = 0; i < s->row_count; i++) {
		fprintf(out, "  %-12s", s->rows[i].dialect);
		for (int o = 0; o < OUTCOMES; o++) {
			if (s->rows[i].outcomes[o] > 0)
				fprintf(out, " %s %llu", outcome_name((enum outcome)o),
				    (unsigned long long)s->rows[i].outcomes[o]);
		}
		fputc('\n', out);
	}
}

static void
write_alerts(const struct summary *s, FILE *out)
{
	bool any = false;

	fputs("Alerts\n", out);
	for (int t = 0; t < TECHNIQUES; t++) {
		if (s->alerts[t] == 0)
			continue;
		any = true;
		fprintf(out, "  %6llu  %s\n", (unsigned long long)s->alerts[t],
		    t == TECHNIQUE_NONE ? "(rules of your own)" :
		    technique_info((enum technique)t)->id);
	}
	if (!any)
		fputs("  none\n", out);
	if (s->notices > 0)
		fprintf(out, "  and %llu of low severity\n", (unsigned long long)s->notices);
}

/* Was there any? */
static bool
write_count(FILE *out, uint64_t count, const char *what)
{
	if (count > 0)
		fprintf(out, "  %6llu  %s\n", (unsigned long long)count, what);
	return count > 0;
}

void
summary_write(const struct summary *s, FILE *out)
{
	bool any;

	write_sessions(s, out);
	write_alerts(s, out);
	fputs("Not judged\n", out);
	any = write_count(out, s->unclear,
	    "sessions of which not enough was seen to tell what became of TLS");
	for (size_t i = 0; i < REASONS; i++)
		any = write_count(out, s->left_out[i], reasons[i].reason) || any;
	if (!any)
		fputs("  nothing was left out\n", out);
}

void
summary_free(struct summary **s)
{
	free(*s);
	*s = NULL;
}
