/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: measure PROGRAM [ARGUMENT...]
 * Runs it with its output thrown away and prints three numbers: seconds by the
 * clock, seconds of processor time, mebibytes of memory at its largest.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
become(char *argv[])
{
	int nowhere = open("/dev/null", O_RDWR);

	if (nowhere == -1 || dup2(nowhere, STDIN_FILENO) == -1 ||
	    dup2(nowhere, STDOUT_FILENO) == -1)
		err(126, "/dev/null");
	execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

int
main(int argc, char *argv[])
{
	struct timespec began, ended;
	struct rusage used;
	int status;
	pid_t child;

	if (argc < 2)
		errx(2, "usage: measure PROGRAM [ARGUMENT...]");
	clock_gettime(CLOCK_MONOTONIC, &began);
	child = fork();
	if (child == -1)
		err(1, "fork");
	if (child == 0)
		become(argv + 1);
	if (wait4(child, &status, 0, &used) == -1)
		err(1, "wait4");
	clock_gettime(CLOCK_MONOTONIC, &ended);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s did not end well", argv[1]);
	printf("%.3f %.3f %.0f\n",
	    (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9,
	    seconds(used.ru_utime) + seconds(used.ru_stime), (double)used.ru_maxrss / 1024);
	return 0;
}
