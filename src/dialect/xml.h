/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_XML_H
#define DIALECT_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * XML that arrives piece by piece: cut into units that never reach beyond a
 * tag, then read by expat with namespaces on. There is no DTD and so no
 * entity but the five of XML itself; what expat may allocate is bounded.
 */

enum {
	XML_TEXT_PIECE = 4096,		/* longer text is read in pieces of this size */
	XML_DEPTH_MAX = 1024,		/* open elements */
	XML_MEMORY_MAX = 512 * 1024,	/* bytes that one parser may hold */
};

enum xml_unit {
	XML_BLANK,		/* white space between or inside elements */
	XML_TEXT,		/* text, or a piece of one */
	XML_TAG,		/* one whole tag, comment, CDATA section, instruction */
	XML_DECLARATION,	/* <?xml ... ?> */
	XML_FORBIDDEN,		/* a DTD */
};

/* All zero before the first byte. */
struct xml {
	struct XML_ParserStruct *parser;	/* NULL until something was parsed */
	size_t memory_bytes;		/* that it holds */
	size_t scanned;			/* bytes at the front that do not end the unit */
	uint16_t depth;			/* open elements */
	uint8_t quote;			/* inside an attribute's value: its quotation mark */
	bool loose;			/* the place is lost: a bare '>' may end a tag, too */
};

/* A name as expat gives it: namespace (or nothing), then the local name. */
struct xml_name {
	struct span space, local;
};

/* What is told of one unit; level 0 is the root element. */
struct xml_handler {
	void (*start)(void *ctx, unsigned level, const struct xml_name *name,
	    const char **attributes);
	void (*end)(void *ctx, unsigned level);
	void (*text)(void *ctx, unsigned level, struct span text);
};

/*
 * The unit at the front: its length in bytes, 0 when more is needed. Where a
 * unit ends does not depend on how the bytes came, except between blanks.
 */
long xml_unit_read(struct xml *x, struct span in, enum xml_unit *kind_r);

/* The bytes in front are others than the last time: what was half a unit is gone. */
void xml_look_anew(struct xml *x);

/* Parse one unit. False when it is no XML, or too much of it; the parser is gone then. */
bool xml_parse(struct xml *x, struct span unit, const struct xml_handler *handler,
    void *ctx);

/* Free the parser; the next unit is read as the beginning of a document. */
void xml_restart(struct xml *x);

/* Bytes are missing: free the parser, and do not trust the place. */
void xml_lose(struct xml *x);

/* The value of an attribute without namespace, empty when there is none. */
struct span xml_attribute(const char **attributes, const char *name);

/* Is this that name? Both parts are compared with case. */
bool xml_is(const struct xml_name *name, const char *space, const char *local);

#endif
