/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_CONFIG_PARTS_H
#define RUN_CONFIG_PARTS_H

#include "base/yaml_check.h"
#include "run/settings.h"

/* One reading of one file; the first fault ends it. */
struct config_reader {
	struct settings *settings;
	const char *name;
	struct err *e;
};

/*
 * An output that is written as a map, as it is written on the command line. -1 with an error
 * when it cannot be; what it says is not checked.
 */
int config_output_text(const struct config_reader *r, const struct tree_node *map,
    const char **text_r);

#endif
