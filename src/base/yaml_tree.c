/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/yaml_tree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/log.h"
#include "base/text.h"

enum { ANCHORS_MAX = 64 };

struct anchor {
	const char *name;
	const struct tree_node *node;	/* NULL while it is still being read */
};

struct yaml_tree {
	yaml_parser_t parser;
	const char *file;
	struct arena *arena;
	struct err *err;
	unsigned nodes;			/* of this document, aliases counted as copies */
	size_t anchor_count;
	struct anchor anchors[ANCHORS_MAX];
};

static int read_node(struct yaml_tree *y, const yaml_event_t *event, unsigned depth,
    const struct tree_node **node_r);

static unsigned
line_of(const yaml_event_t *event)
{
	return (unsigned)event->start_mark.line + 1;
}

static int
fail(struct yaml_tree *y, unsigned line, const char *what)
{
	return err_set(y->err, "%s:%u: %s", y->file, line, what);
}

static int
next_event(struct yaml_tree *y, yaml_event_t *event_r)
{
	if (yaml_parser_parse(&y->parser, event_r))
		return 0;
	return err_set(y->err, "%s:%u: not YAML: %s", y->file,
	    (unsigned)y->parser.problem_mark.line + 1,
	    y->parser.problem != NULL ? y->parser.problem : "cannot be read");
}

/* Counts n more nodes, of which the deepest lies at depth. */
static int
spend(struct yaml_tree *y, unsigned line, unsigned n, unsigned depth)
{
	if (depth > TREE_DEPTH_MAX)
		return fail(y, line, "nested too deeply");
	if (n > TREE_NODES_MAX - y->nodes)
		return fail(y, line, "too many values, or aliases that multiply");
	y->nodes += n;
	return 0;
}

static struct tree_node *
new_node(struct yaml_tree *y, enum tree_node_kind kind, unsigned line)
{
	struct tree_node *node = arena_alloc(y->arena, sizeof(*node));

	node->kind = kind;
	node->line = line;
	node->weight = 1;
	return node;
}

static int
read_alias(struct yaml_tree *y, const yaml_event_t *event, unsigned depth,
    const struct tree_node **node_r)
{
	const char *name = (const char *)event->data.alias.anchor;
	unsigned line = line_of(event);

	/* the last anchor of a name counts */
	for (size_t i = y->anchor_count; i-- > 0;) {
		const struct tree_node *node = y->anchors[i].node;

		if (strcmp(y->anchors[i].name, name) != 0)
			continue;
		if (node == NULL)
			return fail(y, line, "an alias stands inside what it names");
		if (spend(y, line, node->weight, depth + node->height) == -1)
			return -1;
		*node_r = node;
		return 0;
	}
	return fail(y, line, "an alias names no anchor");
}

/* Remembers the anchor of a node that begins; its place is in *slot_r, or NULL. */
static int
open_anchor(struct yaml_tree *y, const yaml_char_t *name, unsigned line,
    struct anchor **slot_r)
{
	const char *text = (const char *)name;

	*slot_r = NULL;
	if (name == NULL)
		return 0;
	if (y->anchor_count == ANCHORS_MAX)
		return fail(y, line, "too many anchors");
	*slot_r = &y->anchors[y->anchor_count++];
	(*slot_r)->name = arena_text(y->arena, text, strlen(text));
	(*slot_r)->node = NULL;
	return 0;
}

static int
read_text(struct yaml_tree *y, const yaml_event_t *event, const struct tree_node **node_r)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t n = event->data.scalar.length;
	struct tree_node *node = new_node(y, TREE_TEXT, line_of(event));

	if (memchr(value, '\0', n) != NULL)
		return fail(y, node->line, "a NUL byte inside a text");
	node->text = arena_text(y->arena, value, n);
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	*node_r = node;
	return 0;
}

static int
read_key(struct yaml_tree *y, const yaml_event_t *event, const struct tree_node *map,
    const char **key_r)
{
	const struct tree_node *text;
	char shown[64];

	if (event->type != YAML_SCALAR_EVENT || event->data.scalar.anchor != NULL ||
	    event->data.scalar.tag != NULL)
		return fail(y, line_of(event), "a key must be a plain word");
	if (read_text(y, event, &text) == -1)
		return -1;
	if (yaml_tree_get(map, text->text) != NULL) {
		text_escape(shown, sizeof(shown), span_text(text->text));
		return err_set(y->err, "%s:%u: '%s' stands here twice", y->file,
		    text->line, shown);
	}
	*key_r = text->text;
	return 0;
}

/* One entry that begins with this event: an item, or a key whose value follows. */
static int
read_entry(struct yaml_tree *y, const yaml_event_t *event, unsigned depth,
    struct tree_node *parent, struct tree_entry *entry)
{
	yaml_event_t value;
	int result;

	entry->line = line_of(event);
	if (parent->kind == TREE_LIST)
		return read_node(y, event, depth + 1, &entry->value);
	if (read_key(y, event, parent, &entry->key) == -1 || next_event(y, &value) == -1)
		return -1;
	result = read_node(y, &value, depth + 1, &entry->value);
	yaml_event_delete(&value);
	return result;
}

static int
read_entries(struct yaml_tree *y, struct tree_node *parent, unsigned depth)
{
	const struct tree_entry **tail = &parent->first;
	bool done = false;

	while (!done) {
		struct tree_entry *entry = arena_alloc(y->arena, sizeof(*entry));
		yaml_event_t event;
		int result = 0;

		if (next_event(y, &event) == -1)
			return -1;
		done = event.type == YAML_SEQUENCE_END_EVENT ||
		    event.type == YAML_MAPPING_END_EVENT;
		if (!done)
			result = read_entry(y, &event, depth, parent, entry);
		yaml_event_delete(&event);
		if (result == -1)
			return -1;
		if (done)
			break;
		*tail = entry;
		tail = &entry->next;
		parent->count++;
		parent->weight += entry->value->weight;
		if (entry->value->height >= parent->height)
			parent->height = entry->value->height + 1;
	}
	return 0;
}

static int
read_node(struct yaml_tree *y, const yaml_event_t *event, unsigned depth,
    const struct tree_node **node_r)
{
	const yaml_char_t *name, *tag;
	struct anchor *slot;
	struct tree_node *node;

	if (event->type == YAML_ALIAS_EVENT)
		return read_alias(y, event, depth, node_r);
	if (event->type == YAML_SCALAR_EVENT) {
		name = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		name = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else {
		name = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (tag != NULL)
		return fail(y, line_of(event), "YAML tags are not read");
	if (spend(y, line_of(event), 1, depth) == -1 ||
	    open_anchor(y, name, line_of(event), &slot) == -1)
		return -1;
	if (event->type == YAML_SCALAR_EVENT) {
		if (read_text(y, event, node_r) == -1)
			return -1;
	} else {
		node = new_node(y, event->type == YAML_SEQUENCE_START_EVENT ?
		    TREE_LIST : TREE_MAP, line_of(event));
		if (read_entries(y, node, depth) == -1)
			return -1;
		*node_r = node;
	}
	if (slot != NULL)
		slot->node = *node_r;
	return 0;
}

struct yaml_tree *
yaml_tree_open(const char *file, struct span text, struct arena *arena)
{
	struct yaml_tree *y = calloc(1, sizeof(*y));

	if (y == NULL || !yaml_parser_initialize(&y->parser)) {
		log_warnx("out of memory");
		abort();
	}
	y->file = file;
	y->arena = arena;
	/* editors of some systems begin each file with one; libyaml takes it for text here */
	if (span_starts(text, "\xef\xbb\xbf"))
		span_skip(&text, 3);
	yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&y->parser, text.p, text.n);
	return y;
}

void
yaml_tree_close(struct yaml_tree **reader)
{
	if (*reader == NULL)
		return;
	yaml_parser_delete(&(*reader)->parser);
	free(*reader);
	*reader = NULL;
}

static bool
is_empty(const struct tree_node *node)
{
	return node->kind == TREE_TEXT && !node->quoted && node->text[0] == '\0';
}

int
yaml_tree_next(struct yaml_tree *reader, const struct tree_node **root_r, struct err *e)
{
	reader->err = e;
	*root_r = NULL;
	for (;;) {
		yaml_event_t event;
		bool content = false, over = false;
		int result = 0;

		if (next_event(reader, &event) == -1)
			return -1;
		switch (event.type) {
		case YAML_STREAM_END_EVENT:
		case YAML_NO_EVENT:
			over = true;
			break;
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_DOCUMENT_START_EVENT:
			reader->nodes = 0;
			reader->anchor_count = 0;
			break;
		default:
			content = true;
			result = read_node(reader, &event, 0, root_r);
		}
		yaml_event_delete(&event);
		if (over)
			return 0;
		if (result == -1)
			return -1;
		if (content && !is_empty(*root_r))
			return 1;
	}
}

const struct tree_node *
yaml_tree_get(const struct tree_node *map, const char *key)
{
	for (const struct tree_entry *e = map->first; e != NULL; e = e->next) {
		if (e->key != NULL && strcmp(e->key, key) == 0)
			return e->value;
	}
	return NULL;
}
