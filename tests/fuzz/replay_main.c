/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main of a fuzz target where there is no libFuzzer: feeds it each file
 * that is named, so that every build plays the seeds and old crashes again.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

/* The file's bytes in memory of exactly their size, so that a reader beyond the end is caught. */
static uint8_t *
read_whole(const char *path, size_t *size_r)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
		err(1, "%s", path);
	rewind(file);
	data = malloc(size > 0 ? (size_t)size : 1);
	if (data == NULL)
		err(1, "%s", path);
	if (fread(data, 1, (size_t)size, file) != (size_t)size)
		err(1, "%s", path);
	fclose(file);
	*size_r = (size_t)size;
	return data;
}

int
main(int argc, char *argv[])
{
	if (argc < 2)
		errx(2, "usage: %s FILE...", argv[0]);
	for (int i = 1; i < argc; i++) {
		size_t size;
		uint8_t *data = read_whole(argv[i], &size);

		LLVMFuzzerTestOneInput(data, size);
		free(data);
	}
	printf("%d inputs\n", argc - 1);
	return 0;
}
