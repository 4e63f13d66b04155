#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the files that are named as arguments to standard output as C: their names and bytes.
set -e
LC_ALL=C
export LC_ALL
echo '/* Made from rules/ by embed-rules.sh; edit the rules instead. */'
echo '#include "judge/rule_builtin.h"'
n=0
for file; do
	echo
	echo "static const unsigned char file_$n[] = {"
	od -An -v -tx1 "$file" | sed 's/  *$//; s/ *\([0-9a-f][0-9a-f]\)/0x\1,/g; s/^/	/'
	echo '};'
	n=$((n + 1))
done
echo
echo 'const struct rule_builtin rules_builtin[] = {'
n=0
for file; do
	echo "	{ \"$file\", file_$n, sizeof(file_$n) },"
	n=$((n + 1))
done
echo '};'
echo
echo 'const size_t rules_builtin_count = sizeof(rules_builtin) / sizeof(rules_builtin[0]);'
