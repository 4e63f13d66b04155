/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "base/yaml_tree.h"
#include "run/config_file.h"

enum { VALUE_SIZE = 64, GROUP_SIZE = 48 };

/* libyaml's emitter knows when a text wants quotes. What fails is told once, at the end. */
struct writer {
	yaml_emitter_t emitter;
	FILE *out;
	bool failed;
	char group[GROUP_SIZE];		/* the one that is open, or "" */
};

static int
write_bytes(void *writer, unsigned char *bytes, size_t n)
{
	struct writer *w = writer;

	return fwrite(bytes, 1, n, w->out) == n;
}

/* made: the event could be made; it is given to the emitter, which frees it. */
static void
emit(struct writer *w, int made, yaml_event_t *event)
{
	if (!made || !yaml_emitter_emit(&w->emitter, event))
		w->failed = true;
}

static void
put_scalar(struct writer *w, const char *text, yaml_scalar_style_t style)
{
	yaml_event_t event;
	/* the library takes what it only reads as unsigned and not const */
	int made = yaml_scalar_event_initialize(&event, NULL, NULL, (yaml_char_t *)(uintptr_t)text,
	    (int)strlen(text), 1, 1, style);

	emit(w, made, &event);
}

/* Words of our own, and numbers. */
static void
put_word(struct writer *w, const char *text)
{
	put_scalar(w, text, YAML_PLAIN_SCALAR_STYLE);
}

/* Words of the operator's: some readers take a plain "no" for false. Nothing is unsaid. */
static void
put_text(struct writer *w, const char *text)
{
	const struct tree_node node = { .kind = TREE_TEXT, .text = text != NULL ? text : "" };
	int64_t number;
	bool plain = text == NULL || yaml_tree_plain(&node, &number) == TREE_PLAIN_TEXT;

	put_scalar(w, node.text, plain ? YAML_PLAIN_SCALAR_STYLE : YAML_SINGLE_QUOTED_SCALAR_STYLE);
}

static void
put_number(struct writer *w, size_t number)
{
	char text[VALUE_SIZE];

	snprintf(text, sizeof(text), "%zu", number);
	put_word(w, text);
}

static void
open_map(struct writer *w)
{
	yaml_event_t event;
	int made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
	    YAML_BLOCK_MAPPING_STYLE);

	emit(w, made, &event);
}

static void
close_map(struct writer *w)
{
	yaml_event_t event;
	int made = yaml_mapping_end_event_initialize(&event);

	emit(w, made, &event);
}

static void
open_list(struct writer *w)
{
	yaml_event_t event;
	int made = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
	    YAML_BLOCK_SEQUENCE_STYLE);

	emit(w, made, &event);
}

static void
close_list(struct writer *w)
{
	yaml_event_t event;
	int made = yaml_sequence_end_event_initialize(&event);

	emit(w, made, &event);
}

static void
put_texts(struct writer *w, const struct text_list *list)
{
	open_list(w);
	for (size_t i = 0; i < list->count; i++)
		put_text(w, list->items[i]);
	close_list(w);
}

static void
put_networks(struct writer *w, const struct network_list *list)
{
	open_list(w);
	for (size_t i = 0; i < list->count; i++) {
		char address[ADDRESS_TEXT_SIZE], text[ADDRESS_TEXT_SIZE + 4];

		address_format(&list->items[i].address, address);
		snprintf(text, sizeof(text), "%s/%u", address, list->items[i].bits);
		put_word(w, text);
	}
	close_list(w);
}

static void
put_interfaces(struct writer *w, const struct interface_list *list)
{
	open_list(w);
	for (size_t i = 0; i < list->count; i++) {
		open_map(w);
		put_word(w, "name");
		put_text(w, list->items[i].name);
		if (list->items[i].tap != NULL) {
			put_word(w, "tap");
			put_text(w, list->items[i].tap);
		}
		close_map(w);
	}
	close_list(w);
}

static void
put_value(struct writer *w, const struct settings *s, const struct settings_key *key)
{
	const void *place = (const char *)s + key->offset;

	switch (key->kind) {
	case SETTINGS_TEXT:
	case SETTINGS_PORTS:
	case SETTINGS_FORMAT:
	case SETTINGS_LISTENER:
		put_text(w, *(const char *const *)place);
		break;
	case SETTINGS_NUMBER:
		/* what is 0 and cannot be follows from other settings */
		if (*(const size_t *)place != 0 || key->min == 0)
			put_number(w, *(const size_t *)place);
		else
			put_text(w, NULL);
		break;
	case SETTINGS_FLAG:
		put_word(w, *(const bool *)place ? "true" : "false");
		break;
	case SETTINGS_EXCERPTS:
		put_word(w, excerpts_name(*(const enum excerpts *)place));
		break;
	case SETTINGS_TEXTS:
	case SETTINGS_OUTPUTS:
		put_texts(w, place);
		break;
	case SETTINGS_NETWORKS:
		put_networks(w, place);
		break;
	case SETTINGS_INTERFACES:
		put_interfaces(w, place);
		break;
	}
}

/* Keys of one group stand together in the table. */
static const char *
enter_group(struct writer *w, const char *name)
{
	const char *dot = strchr(name, '.');
	char group[GROUP_SIZE] = "";

	if (dot != NULL)
		text_copy(group, (size_t)(dot - name) + 1, name);
	if (strcmp(group, w->group) != 0) {
		if (w->group[0] != '\0')
			close_map(w);
		if (dot != NULL) {
			put_word(w, group);
			open_map(w);
		}
		text_copy(w->group, sizeof(w->group), group);
	}
	return dot != NULL ? dot + 1 : name;
}

static void
write_document(struct writer *w, const struct settings *s)
{
	const struct settings_key *key;
	yaml_event_t event;
	int made = yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);

	emit(w, made, &event);
	made = yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
	emit(w, made, &event);
	open_map(w);
	for (size_t i = 0; (key = settings_key(i)) != NULL; i++) {
		put_word(w, enter_group(w, key->name));
		put_value(w, s, key);
	}
	enter_group(w, "");
	close_map(w);
	made = yaml_document_end_event_initialize(&event, 1);
	emit(w, made, &event);
	made = yaml_stream_end_event_initialize(&event);
	emit(w, made, &event);
}

int
config_write(const struct settings *s, FILE *out, struct err *e)
{
	struct writer w = { .out = out };

	if (!yaml_emitter_initialize(&w.emitter))
		return err_set_errno(e, "configuration");
	yaml_emitter_set_output(&w.emitter, write_bytes, &w);
	yaml_emitter_set_unicode(&w.emitter, 1);
	write_document(&w, s);
	yaml_emitter_delete(&w.emitter);
	return w.failed ? err_set(e, "the settings cannot be written as YAML") : 0;
}
