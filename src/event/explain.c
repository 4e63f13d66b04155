/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event/explain.h"

#include "base/clock.h"
#include "base/text.h"
#include "event/text.h"
#include "judge/decision.h"
#include "judge/rule_trace.h"

/* Text that did not come through text_escape(). */
static void
put_foreign(FILE *out, const char *text)
{
	char shown[1024];

	text_show(shown, sizeof(shown), span_text(text));
	fputs(shown, out);
}

static const char *
fact_text(enum fact fact)
{
	static const char *const texts[] = {
		[FACT_UNKNOWN] = "not seen", [FACT_FALSE] = "no", [FACT_TRUE] = "yes",
	};

	return texts[fact];
}

/* The ladder: who said what that matters, in its order, and what should have stood there. */
static void
put_ladder(FILE *out, const struct weighing *w, const struct origin *origin)
{
	const struct observation *o = &w->record->seen;
	bool expected = w->record->verdict.expected_by != EXPECTED_BY_NOBODY;

	fputs("\nWhat was said, as far as it matters\n", out);
	for (unsigned i = 0; i < o->mark_count; i++) {
		const struct mark *m = &o->marks[i];
		const char *file = origin->source_count > 1 ?
		    origin_source(origin, m->ref.source) : NULL;
		char time[CLOCK_TEXT_SIZE];

		clock_format(m->ref.at_ns, time);
		fprintf(out, "  frame %-6llu %.15s  %s  %-20s %s",
		    (unsigned long long)m->ref.number, time + 11,
		    m->from == SIDE_CLIENT ? "client -->" : "<-- server",
		    mark_name((enum mark_kind)m->kind), m->text);
		if (file != NULL)
			fputs("   in ", out);
		put_foreign(out, file != NULL ? file : "");
		fputc('\n', out);
		if (m->kind == MARK_LISTING_LACKS && expected)
			fprintf(out, "  %*s the offer of TLS should stand here\n", 46, "^");
	}
}

static void
put_facts(FILE *out, const struct observation *o)
{
	fprintf(out, "\nFacts\n  offered      %s\n  requested    %s\n  accepted     %s%s%s\n"
	    "  established  %s\n  credentials  %s%s%s\n  payload      %s%s%s\n",
	    fact_text(o->offered), fact_text(o->requested), fact_text(o->accepted),
	    o->reply[0] != '\0' ? ": " : "", o->reply, fact_text(o->established),
	    fact_text(o->credentials), o->mechanism[0] != '\0' ? ": " : "", o->mechanism,
	    fact_text(o->payload), o->command[0] != '\0' ? ": " : "", o->command);
	fprintf(out, "  sight        %s, %s, %llu and %llu bytes lost of client and server%s%s\n"
	    "               %s\n",
	    o->flow.handshake ? "from the beginning" : "picked up under way",
	    flow_both_sides(&o->flow) ? "both sides" : "one side",
	    (unsigned long long)o->flow.gap_bytes[SIDE_CLIENT],
	    (unsigned long long)o->flow.gap_bytes[SIDE_SERVER],
	    o->flow.truncated ? ", packets were cut" : "",
	    o->lost_sync ? ", the dialogue could not be followed to its end" : "",
	    observation_seen_whole(o) ? "so what was not seen was not there" :
	    "so nothing follows from what was not seen");
}

static void
put_time(FILE *out, const char *label, int64_t at_ns)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(at_ns, time);
	fprintf(out, "%s%.10s %.8s", label, time, time + 11);
}

static void
put_habit(FILE *out, const char *name, enum habit_state state)
{
	if (state != HABIT_UNKNOWN)
		fprintf(out, "  habit        %s: %s\n", name,
		    state == HABIT_KEPT ? "as ever" : "not as it used to be");
}

static void
put_history(FILE *out, const struct history *h)
{
	if (h->sessions == 0) {
		fputs("  history      none: a stranger\n", out);
		if (h->neighbours_known > 0)
			fprintf(out, "               %u servers of %s are known for TLS, and "
			    "none for going without\n", h->neighbours_known, h->neighbours);
		return;
	}
	fprintf(out, "  history      %u sessions seen whole, of %u clients: offered in %u, "
	    "used in %u;\n", h->sessions, h->clients, h->offered, h->upgraded);
	put_time(out, "               first ", h->first_seen_ns);
	put_time(out, ", last ", h->last_seen_ns);
	fprintf(out, "\n               expectation: %s%s\n", h->strength == STRENGTH_NONE ?
	    "none" : strength_name(h->strength),
	    h->by_another_name ? ", inherited from other names at this address" : "");
	fprintf(out, "               this client has used TLS here: %s; others found the offer "
	    "within the hour: %s\n", h->client_upgraded ? "yes" : "no",
	    h->offered_others ? "yes" : "no");
	if (h->client_never_looks)
		fputs("               for days it has logged in here without looking for it, too\n",
		    out);
	put_habit(out, "certificate", h->habits.certificate);
	put_habit(out, "ServerHello", h->habits.answer);
	put_habit(out, "TLS version", h->habits.version);
	put_habit(out, "mechanisms", h->habits.mechanisms);
	put_habit(out, "demand of TLS", h->habits.demand);
	put_habit(out, "offer in the greeting", h->habits.greeting);
}

static void
put_beside(FILE *out, const struct knowledge *k)
{
	static const char *const policies[] = {
		[POLICY_SILENT] = "says nothing", [POLICY_REQUIRED] = "TLS is required",
		[POLICY_OPTIONAL] = "TLS is optional", [POLICY_NEVER] = "there never is TLS",
	};

	fprintf(out, "  policy       %s\n", policies[k->policy]);
	if (k->relation.setback != SETBACK_NONE)
		fprintf(out, "  before it    the upgrade of flow %llu came to nothing\n",
		    (unsigned long long)k->relation.flow_id);
	if (k->twin.flow_id != 0)
		fprintf(out, "  other tap    flow %llu: %s\n", (unsigned long long)k->twin.flow_id,
		    k->twin.differences != 0 ? k->twin.says : "the same");
}

static void
put_expectation(FILE *out, const struct weighing *w)
{
	const struct verdict *v = &w->record->verdict;

	fputs("\nWhat was to be expected\n", out);
	put_history(out, &w->known->history);
	put_beside(out, w->known);
	if (v->expected_by == EXPECTED_BY_NOBODY)
		fputs("  so           nobody said that TLS was to be expected\n", out);
	else
		fprintf(out, "  so           TLS was to be expected: %s, %s\n",
		    expectation_name(v->expected_by), strength_name(v->expected_strength));
}

/* In the first round the rows that hold, in the second the others. */
struct rows {
	FILE *out;
	bool holding;
};

static void
put_row(void *ctx, const struct row_look *look)
{
	struct rows *r = ctx;

	if (look->holds != r->holding)
		return;
	fprintf(r->out, "  %-10s %-33s %s\n", look->waits ? "at the end" : !look->holds ? "no" :
	    look->alert ? "ALERT" : "note", technique_info(look->technique)->id, look->asks);
	if (look->holds && look->needs[0] != '\0')
		fprintf(r->out, "%*s %s: %s\n", 44, "", look->alert ? "and" : "but not",
		    look->needs);
}

static void
put_table(FILE *out, const struct weighing *w)
{
	struct rows rows = { out, true };
	const struct verdict *v = &w->record->verdict;

	fputs("\nThe decision table: what each row asks for\n", out);
	decision_explain(&w->record->seen, w->known, put_row, &rows);
	rows.holding = false;
	if (!w->looking_back)
		decision_explain(&w->record->seen, w->known, put_row, &rows);
	if (v->count > 0)
		fprintf(out, "  the first that holds is the finding: %s, confidence %u (%s)\n",
		    technique_info(v->findings[0].technique)->id, v->confidence,
		    proof_name(v->proof));
	else
		fputs("  none holds\n", out);
}

static void
put_comparison(void *ctx, const struct rule_node *look)
{
	FILE *out = ctx;

	if (look->kind != RULE_NODE_TEST)
		return;
	fprintf(out, "               %-3s %s %s; it is %s\n", look->answer == RULE_YES ? "yes" :
	    look->answer == RULE_NO ? "no" : "?", look->field, look->asked,
	    look->found != NULL ? look->found : "not known");
}

static void
put_rules(FILE *out, const struct record *record, const struct rule_set *rules)
{
	const struct fields session = fields_of_record(record);
	size_t silent = 0;

	fputs("\nThe rules, and what they compare\n", out);
	for (size_t i = 0; i < rule_set_count(rules); i++) {
		const struct rule *rule = rule_set_at(rules, i);
		enum rule_answer answer = rule_answer(rule, record);

		if (answer == RULE_NO) {
			silent++;
			continue;
		}
		fprintf(out, "  %-12s %u ", answer == RULE_YES ? "holds" : "cannot tell",
		    rule->sid);
		put_foreign(out, rule->title);
		fputc('\n', out);
		rule_walk(rule, &session, put_comparison, out);
	}
	fprintf(out, "  %zu others do not hold\n", silent);
}

void
explain_weighing(FILE *out, const struct weighing *w, const struct rule_set *rules,
    const struct origin *origin)
{
	if (w->looking_back) {
		fputs("\nLooking back at the end of the input, with all that was learnt\n", out);
	} else {
		text_session(out, w->record, origin, false);
		put_ladder(out, w, origin);
		put_facts(out, &w->record->seen);
	}
	put_expectation(out, w);
	put_table(out, w);
	put_rules(out, w->record, rules);
}

void
explain_alert(FILE *out, const struct alert *alert)
{
	char time[CLOCK_TEXT_SIZE];

	clock_format(alert->record->seen.at.at_ns, time);
	fprintf(out, "  %.10s %.15s  frame %-6llu severity %u, %u ", time, time + 11,
	    (unsigned long long)alert->record->seen.at.number, alert->severity,
	    alert->rule->sid);
	put_foreign(out, alert->rule->title);
	fputc('\n', out);
}
