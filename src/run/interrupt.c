/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t came;

/*
 * The signal may come between a look at the flag and a read that then waits for
 * ever. An alarm each second wakes such a read up.
 */
static void
on_signal(int number)
{
	if (number != SIGALRM)
		came = 1;
	alarm(1);
}

static void
catch(int number, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags }, before;

	sigemptyset(&action.sa_mask);
	/* "nohup", or a job in the background of a script: the user wants it to go on */
	if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

void
interrupt_catch(void)
{
	/* no SA_RESTART anywhere */
	catch(SIGALRM, 0);
	catch(SIGINT, (int)SA_RESETHAND);
	catch(SIGTERM, (int)SA_RESETHAND);
}

void
interrupt_catch_parent(void)
{
	catch(SIGUSR1, 0);
}

bool
interrupt_came(void)
{
	return came != 0;
}
