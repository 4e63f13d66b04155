/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_HOST_H
#define DIALECT_HOST_H

#include "base/span.h"

/*
 * The first word of a greeting that can only be a host's name: labels of
 * letters, digits and hyphens, with a dot between them, and a last one of
 * letters. Empty when there is none among the first words.
 */
struct span host_in(struct span greeting);

#endif
