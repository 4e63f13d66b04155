/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/text.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum { ENDPOINT_SIZE = ADDRESS_TEXT_SIZE + 8, LABEL_WIDTH = 9 };

static const char red[] = "\033[1;31m", yellow[] = "\033[33m", green[] = "\033[32m",
    plain[] = "\033[0m";

static void
put_coloured(FILE *out, const char *colour_on, const char *text, bool colour)
{
	if (colour)
		fprintf(out, "%s%-*s%s ", colour_on, LABEL_WIDTH, text, plain);
	else
		fprintf(out, "%-*s ", LABEL_WIDTH, text);
}

static void
format_endpoint(const struct flow_tuple *t, enum side side, char text_r[ENDPOINT_SIZE])
{
	char address[ADDRESS_TEXT_SIZE];

	address_format(&t->addr[side], address);
	snprintf(text_r, ENDPOINT_SIZE, t->addr[side].family == 6 ? "[%s]:%u" : "%s:%u",
	    address, t->port[side]);
}

/* Text that did not come through text_escape(): names of files, words of rules. */
static void
put_foreign(FILE *out, const char *text)
{
	char shown[1024];

	text_show(shown, sizeof(shown), span_text(text));
	fputs(shown, out);
}

static void
put_connection(FILE *out, const struct observation *o, const struct origin *origin)
{
	char client[ENDPOINT_SIZE], server[ENDPOINT_SIZE], began[CLOCK_TEXT_SIZE];
	const char *tap = origin_tap(origin, o->flow.tuple.tap);

	clock_format(o->flow.first.at_ns, began);
	format_endpoint(&o->flow.tuple, SIDE_CLIENT, client);
	format_endpoint(&o->flow.tuple, SIDE_SERVER, server);
	fprintf(out, "%.10s %.8s  %s > %s", began, began + 11, client, server);
	if (o->server_name[0] != '\0')
		fprintf(out, " (%s)", o->server_name);
	if (tap != NULL)
		fputs(" at tap ", out);
	put_foreign(out, tap != NULL ? tap : "");
}

static const char *
protocol_of(const struct observation *o)
{
	if (o->implicit)
		return "tls";
	return o->dialect[0] != '\0' ? o->dialect : "unknown";
}

/* What became of the upgrade, in words that need no manual. */
static const char *
story_of(const struct record *record)
{
	static const char *const stories[OUTCOMES] = {
		[OUTCOME_UNSAID] = "still open",
		[OUTCOME_UPGRADED] = "upgraded to TLS",
		[OUTCOME_IMPLICIT] = "TLS from the first byte",
		[OUTCOME_DECLINED] = "TLS was offered, the client did not ask",
		[OUTCOME_ABSENT] = "TLS was not offered",
		[OUTCOME_UNASKED] = "nobody spoke of TLS",
		[OUTCOME_REFUSED] = "the client asked for TLS and was refused",
		[OUTCOME_UNANSWERED] = "the client asked for TLS and got no answer",
		[OUTCOME_FAILED] = "TLS was agreed on and did not come about",
		[OUTCOME_UNKNOWN] = "not enough was seen to tell",
	};

	if (record->verdict.outcome == OUTCOME_UNASKED && record_is_unclear(record))
		return "the client did not ask for TLS; whether it was offered was not seen";
	return stories[record->verdict.outcome];
}

static void
put_exposure(FILE *out, const struct observation *o)
{
	if (o->credentials == FACT_TRUE)
		fprintf(out, "; a password crossed in clear (%s%s)", o->mechanism,
		    o->credentials_accepted == FACT_FALSE ? ", not accepted" : "");
	if (o->payload == FACT_TRUE)
		fprintf(out, "; content crossed in clear (%s)", o->command);
}

static void
put_blindness(FILE *out, const struct observation *o)
{
	const struct flow *f = &o->flow;

	if (!f->handshake)
		fputs("; its beginning was not seen", out);
	if (!flow_both_sides(f))
		fputs("; only one side was seen", out);
	if (f->gap_bytes[SIDE_CLIENT] + f->gap_bytes[SIDE_SERVER] > 0)
		fprintf(out, "; %llu bytes were not seen", (unsigned long long)
		    (f->gap_bytes[SIDE_CLIENT] + f->gap_bytes[SIDE_SERVER]));
}

static bool
is_safe(enum outcome outcome)
{
	return outcome == OUTCOME_UPGRADED || outcome == OUTCOME_IMPLICIT;
}

void
text_session(FILE *out, const struct record *record, const struct origin *origin, bool colour)
{
	const struct observation *o = &record->seen;
	enum outcome outcome = record->verdict.outcome;

	put_coloured(out, is_safe(outcome) ? green : yellow, protocol_of(o), colour);
	put_connection(out, o, origin);
	fprintf(out, "\n%*s %s", LABEL_WIDTH, "", story_of(record));
	if (is_safe(outcome) && o->tls.version_name[0] != '\0')
		fprintf(out, " (%s)", o->tls.version_name);
	put_exposure(out, o);
	put_blindness(out, o);
	fputc('\n', out);
}

/* Has this line been shown, for another thing that it says? */
static bool
is_shown(const struct observation *o, unsigned which)
{
	const struct mark *mark = &o->marks[which];

	for (unsigned i = 0; mark->text[0] != '\0' && i < which; i++) {
		const struct mark *m = &o->marks[i];

		if (m->ref.number == mark->ref.number && m->ref.source == mark->ref.source &&
		    m->from == mark->from && strcmp(m->text, mark->text) == 0)
			return true;
	}
	return false;
}

static void
put_evidence(FILE *out, const struct observation *o, const struct origin *origin)
{
	for (unsigned i = 0; i < o->mark_count; i++) {
		const struct mark *mark = &o->marks[i];
		const char *file = origin->source_count > 1 ?
		    origin_source(origin, mark->ref.source) : NULL;
		char time[CLOCK_TEXT_SIZE];

		if (is_shown(o, i))
			continue;
		clock_format(mark->ref.at_ns, time);
		fprintf(out, "%*s   frame %-6llu %.15s  %s: %s%s", LABEL_WIDTH, "",
		    (unsigned long long)mark->ref.number, time + 11,
		    side_name((enum side)mark->from),
		    mark->text[0] != '\0' ? mark->text : mark_name((enum mark_kind)mark->kind),
		    file != NULL ? "   in " : "");
		put_foreign(out, file != NULL ? file : "");
		fputc('\n', out);
	}
}

/* An earlier connection is half of the evidence: say what became of it. */
static void
put_related(FILE *out, const struct verdict *v)
{
	static const char *const fates[] = {
		[SETBACK_HANDSHAKE] = "whose TLS handshake was broken",
		[SETBACK_ALERT] = "whose TLS handshake the server broke off",
		[SETBACK_TEMPORARY] = "whose request for TLS was refused for the moment",
		[SETBACK_PERMANENT] = "whose request for TLS was refused",
		[SETBACK_ERROR] = "whose request for TLS met with an error",
	};

	if (v->related != 0 && v->setback == SETBACK_NONE)
		fprintf(out, "%*s   another connection is part of it: flow %llu\n",
		    LABEL_WIDTH, "", (unsigned long long)v->related);
	else if (v->related != 0)
		fprintf(out, "%*s   it follows a connection of the same client %s\n",
		    LABEL_WIDTH, "", fates[v->setback]);
}

/* Somebody's word needs no packets. */
static const char *
learnt_from(const struct verdict *v)
{
	if (v->expected_by != EXPECTED_BY_HISTORY && v->expected_by != EXPECTED_BY_PEER)
		return "";
	return v->expected_after ? ", from later packets" : ", from earlier packets";
}

static void
put_grounds(FILE *out, const struct record *record)
{
	const struct verdict *v = &record->verdict;

	if (v->expected_by == EXPECTED_BY_NOBODY)
		return;
	fprintf(out, "%*s   TLS was to be expected here (%s%s)", LABEL_WIDTH, "",
	    expectation_name(v->expected_by), learnt_from(v));
	if (record->history.sessions > 0)
		fprintf(out, ": offered in %u and used in %u of %u earlier sessions",
		    record->history.offered, record->history.upgraded,
		    record->history.sessions);
	if (v->expected_like_others)
		fprintf(out, ": the server was never seen before; %u others of %s do TLS",
		    record->history.neighbours_known, record->history.neighbours);
	fputc('\n', out);
}

static void
put_repeats(FILE *out, const struct alert *alert)
{
	char time[CLOCK_TEXT_SIZE];

	if (alert->count <= 1)
		return;
	clock_format(alert->first_seen_ns, time);
	fprintf(out, "%*s   %llu times since %.10s %.8s, %u client%s; this is the last of them\n",
	    LABEL_WIDTH, "", (unsigned long long)alert->count, time, time + 11, alert->clients,
	    alert->clients == 1 ? "" : "s");
}

static void
put_benign(FILE *out, const struct alert *alert)
{
	const char *benign;

	for (size_t i = 0; (benign = alert_benign(alert, i)) != NULL; i++) {
		fprintf(out, "%*s   %s ", LABEL_WIDTH, "",
		    i == 0 ? "rule out first:" : "           also:");
		put_foreign(out, benign);
		fputc('\n', out);
	}
}

void
text_alert(FILE *out, const struct alert *alert, const struct origin *origin, bool colour)
{
	static const char *const grades[] = { "", "ALERT", "ALERT", "notice", "note" };
	const struct record *record = alert->record;
	const struct rule *rule = alert->rule;

	put_coloured(out, alert->severity == 1 ? red : yellow, grades[alert->severity],
	    colour);
	put_foreign(out, rule->title);
	fprintf(out, " [%s, severity %u, confidence %u]\n%*s   ",
	    technique_info(rule->technique)->id[0] != '\0' ?
	    technique_info(rule->technique)->id : category_name(rule->category),
	    alert->severity, record->verdict.confidence, LABEL_WIDTH, "");
	put_connection(out, &record->seen, origin);
	fputc('\n', out);
	put_repeats(out, alert);
	put_related(out, &record->verdict);
	put_grounds(out, record);
	if (record->verdict.twin.says[0] != '\0')
		fprintf(out, "%*s   the same session at the other tap: %s\n", LABEL_WIDTH, "",
		    record->verdict.twin.says);
	put_evidence(out, &record->seen, origin);
	put_benign(out, alert);
}
