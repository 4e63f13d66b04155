/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JUDGE_REGISTRABLE_H
#define JUDGE_REGISTRABLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The part of a host's name that its owner registered: "provider.example" of
 * "mx3.provider.example", by the Public Suffix List, in lower case. False for what is no
 * such name: a suffix itself, an address, one label alone, a name of local use (RFC 6761,
 * RFC 6762 appendix G) that everybody may give himself, or one that does not fit.
 */
bool registrable_name(const char *name, char *name_r, size_t size);

#endif
