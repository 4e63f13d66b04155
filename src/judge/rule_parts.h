/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_RULE_PARTS_H
#define JUDGE_RULE_PARTS_H

/*
 * What the files of the rule reader share, and nobody else needs: a rule's
 * detection and condition become one tree of and, or, not and tests.
 */

#include "base/arena.h"
#include "base/yaml_tree.h"
#include "judge/rule.h"
#include "words/fields.h"
#include "words/network.h"

/* The comparison of one field with one value. */
enum rule_test_kind {
	RULE_TEST_EXISTS,	/* present, or absent when expected is false */
	RULE_TEST_BOOL,
	RULE_TEST_NUMBER,
	RULE_TEST_PATTERN,
	RULE_TEST_REGEX,
	RULE_TEST_CIDR,
	RULE_TEST_FIELD,	/* equals another field */
};

enum rule_order {
	RULE_EQUAL,
	RULE_LESS,
	RULE_LESS_EQUAL,
	RULE_GREATER,
	RULE_GREATER_EQUAL,
};

/* A character of a pattern: itself, any one, or any number of any. */
enum rule_glyph_kind { RULE_GLYPH_SELF, RULE_GLYPH_ONE, RULE_GLYPH_MANY };

struct rule_glyph {
	uint8_t kind;
	uint8_t byte;
};

struct rule_pattern {
	bool cased;
	size_t count;
	const struct rule_glyph *glyphs;
};

/* The program that a regular expression becomes; see rule_machine.c. */
enum { RULE_STEPS_MAX = 1024 };

/* The first three take a byte. */
enum rule_step_kind {
	RULE_STEP_BYTE,
	RULE_STEP_ANY,
	RULE_STEP_SET,
	RULE_STEP_BEGIN,
	RULE_STEP_END,
	RULE_STEP_JUMP,
	RULE_STEP_FORK,		/* on to the next step, and also to the jump */
	RULE_STEP_FOUND,
};

struct rule_step {
	uint8_t kind;
	uint8_t byte;
	int16_t jump;		/* a distance; for RULE_STEP_SET which set */
};

struct rule_byte_set {
	uint8_t bits[32];
};

struct rule_regex {
	const char *text;
	bool any_case;
	size_t count;
	const struct rule_step *steps;
	const struct rule_byte_set *sets;
};

struct rule_test {
	enum rule_test_kind kind;
	const struct field *field;
	bool expected;				/* EXISTS, BOOL */
	enum rule_order order;			/* NUMBER */
	int64_t number;				/* NUMBER */
	struct rule_pattern pattern;		/* PATTERN */
	struct rule_regex regex;		/* REGEX */
	struct network network;		/* CIDR */
	const struct field *other;		/* FIELD */
};

enum rule_expression_kind { RULE_AND, RULE_OR, RULE_NOT, RULE_TEST };

struct rule_expression {
	enum rule_expression_kind kind;
	unsigned line;
	const struct rule_test *test;			/* RULE_TEST */
	size_t count;					/* the others */
	const struct rule_expression *const *parts;
};

/* A named search of a rule. */
struct rule_detection {
	const char *name;
	unsigned line;
	bool used;				/* by the condition */
	const struct rule_expression *expression;
	struct rule_detection *next;
};

/* Where the reader is: what a message names, and where memory comes from. */
struct rule_reader {
	const char *file;
	struct arena *arena;
	struct err *err;
};

/* What the key of a detection asks for: field|modifier|modifier. */
struct rule_modifiers {
	enum {
		RULE_IS,
		RULE_CONTAINS,
		RULE_STARTS,
		RULE_ENDS,
		RULE_MATCHES,
		RULE_IN_NETWORK,
		RULE_COMPARES,
		RULE_IS_FIELD,
		RULE_EXISTS,
	} kind;
	enum rule_order order;	/* RULE_COMPARES */
	bool all;		/* every value, not any */
	bool cased;		/* letters must agree in case */
	bool any_case;		/* regular expressions: they need not */
	bool negated;
};

/* FILE:LINE: and the message; always -1. */
int rule_fail(const struct rule_reader *r, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Text of the file as a message may show it: escaped and short. Lives in the arena. */
const char *rule_shown(const struct rule_reader *r, const char *text);

/* Reads "field|modifier|..." into a field and what is asked of it. */
int rule_modifiers_read(const struct rule_reader *r, unsigned line, const char *key,
    const struct field **field_r, struct rule_modifiers *modifiers_r);

/* One value of a detection item. */
int rule_test_read(const struct rule_reader *r, const struct tree_node *value,
    const struct field *field, const struct rule_modifiers *modifiers,
    struct rule_test *test_r);

/* All searches of a detection, without its condition. */
int rule_detections_read(const struct rule_reader *r, const struct tree_node *map,
    struct rule_detection **first_r);

/* A condition: a text, or a list of which one must hold. Marks the detections it uses. */
int rule_condition_read(const struct rule_reader *r, const struct tree_node *node,
    struct rule_detection *detections, const struct rule_expression **expression_r);

/* One document: everything that a rule says. */
int rule_read(const struct rule_reader *r, const struct tree_node *map,
    struct rule *rule_r);

/* "and" or "or" of some parts; one part alone stands for itself. */
const struct rule_expression *rule_expression_join(struct arena *arena,
    enum rule_expression_kind kind, unsigned line,
    const struct rule_expression *const *parts, size_t count);

const struct rule_expression *rule_expression_not(struct arena *arena, unsigned line,
    const struct rule_expression *part);

enum rule_answer rule_expression_answer(const struct rule_expression *expression,
    const struct fields *session);

enum rule_answer rule_test_answer(const struct rule_test *test,
    const struct fields *session);

/* A value with wildcards; one may be added before it and behind it. */
void rule_pattern_read(struct arena *arena, const char *text, bool any_before,
    bool any_behind, bool cased, struct rule_pattern *pattern_r);

bool rule_pattern_matches(const struct rule_pattern *pattern, const char *text);

/* Compiles a regular expression; -1 when it is not one, or costs too much. */
int rule_regex_read(const struct rule_reader *r, unsigned line, const char *text,
    bool any_case, struct rule_regex *regex_r);

/* Does it match anywhere in the text? Time is bounded by both lengths, memory constant. */
bool rule_regex_matches(const struct rule_regex *regex, const char *text);

/*
 * A word that the field may hold, counted from 0; NULL behind the last, and at once for a
 * field whose texts may be anything.
 */
const char *rule_vocabulary_word(const struct field *field, size_t n);

static inline enum rule_answer
rule_answer_not(enum rule_answer a)
{
	return (enum rule_answer)(RULE_YES - a);
}

static inline enum rule_answer
rule_answer_of(bool truth)
{
	return truth ? RULE_YES : RULE_NO;
}

#endif
