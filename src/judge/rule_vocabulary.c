/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields that hold words of ours: which these are. All others hold what came over the wire. */
#include <string.h>

#include "dialect/dialect.h"
#include "judge/rule_parts.h"

typedef const char *word_at(size_t n);

static const char *
dialect_word(size_t n)
{
	return dialect_table[n] != NULL ? dialect_table[n]->name : NULL;
}

/* There are so few dialects that counting them each time does not matter. */
static const char *
protocol_word(size_t n)
{
	static const char *const others[] = { "tls", "unknown", NULL };
	size_t count = 0;

	while (dialect_table[count] != NULL)
		count++;
	return n < count ? dialect_word(n) : n - count < 2 ? others[n - count] : NULL;
}

static const char *
transport_word(size_t n)
{
	return n == 0 ? "TCP" : NULL;
}

/* Of these the first has no name: it is absent. */
static const char *
direction_word(size_t n)
{
	return n + 1 < DIRECTIONS ? direction_name((enum direction)(n + 1)) : NULL;
}

static const char *
outcome_word(size_t n)
{
	return n + 1 < OUTCOMES ? outcome_name((enum outcome)(n + 1)) : NULL;
}

static const char *
technique_word(size_t n)
{
	return n + 1 < TECHNIQUES ? technique_info((enum technique)(n + 1))->id : NULL;
}

static const char *
proof_word(size_t n)
{
	return n + 1 < PROOFS ? proof_name((enum proof)(n + 1)) : NULL;
}

static const char *
strength_word(size_t n)
{
	return n < STRENGTH_STRONG ? strength_name((enum strength)(n + 1)) : NULL;
}

static const char *
expectation_word(size_t n)
{
	return n + 1 < EXPECTATIONS ? expectation_name((enum expectation)(n + 1)) : NULL;
}

static const char *
when_word(size_t n)
{
	static const char *const words[] = { "before", "after" };

	return n < 2 ? words[n] : NULL;
}

static const char *
state_word(size_t n)
{
	const struct flow flow = { .phase = (enum flow_phase)n };

	return n <= FLOW_CLOSED ? flow_state_name(&flow) : NULL;
}

static const char *
reason_word(size_t n)
{
	/* one for each word */
	static const enum flow_end ends[] = { FLOW_IDLE, FLOW_REUSED, FLOW_EVICTED, FLOW_OPEN };
	const struct flow flow = { .end = n < 4 ? ends[n] : FLOW_OPEN };

	return n < 4 ? flow_reason_name(&flow) : NULL;
}

static const struct {
	const char *field;
	word_at *word;
} vocabularies[] = {
	{ "proto", transport_word },
	{ "direction", direction_word },
	{ "app_proto", protocol_word },
	{ "app_proto_expected", dialect_word },
	{ "starttls.outcome", outcome_word },
	{ "starttls.techniques", technique_word },
	{ "starttls.findings", technique_word },
	{ "starttls.proof", proof_word },
	{ "tls.from_proto", dialect_word },
	{ "flow.state", state_word },
	{ "flow.reason", reason_word },
	{ "server.history.strength", strength_word },
	{ "expected.by", expectation_word },
	{ "expected.when", when_word },
};

const char *
rule_vocabulary_word(const struct field *field, size_t n)
{
	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++) {
		if (strcmp(vocabularies[i].field, field_name(field)) == 0)
			return vocabularies[i].word(n);
	}
	return NULL;
}
