/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "sensor/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "sensor/timer.h"

#define PAUSE_FIRST_NS INT64_C(100000000)
#define PAUSE_MAX_NS INT64_C(30000000000)
#define LIVED_NS INT64_C(60000000000)

static void
close_unless(int fd, bool wanted)
{
	if (!wanted && fd >= 0)
		close(fd);
}

/* A process holds no end of a channel that is not its business. */
static void
close_others(const struct child *c, const struct sensor *s)
{
	for (size_t i = 0; i < s->slots; i++) {
		close_unless(s->worker[i].down, c->role == CHILD_WORKER && c->slot == i);
		close_unless(s->worker[i].up, c->role == CHILD_JUDGE);
	}
	close_unless(s->supervisor.down, c->role == CHILD_JUDGE || c->role == CHILD_WRITER);
	close_unless(s->writer.down, c->role == CHILD_JUDGE);
	close_unless(s->writer.up, c->role == CHILD_WRITER);
	close_unless(s->metrics.down, c->role == CHILD_JUDGE);
	close_unless(s->metrics.up, c->role == CHILD_METRICS);
	close_unless(s->listener, c->role == CHILD_METRICS);
	close_unless(s->law, c->role == CHILD_JUDGE);
	close(s->supervisor.up);
	/* events may go there: closed, and taken by what can only be read */
	if (c->role != CHILD_WRITER) {
		close(STDOUT_FILENO);
		(void)!open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
}

static enum sensor_exit
run(const struct child *c, const struct sensor *s)
{
	switch (c->role) {
	case CHILD_WRITER:
		return writer_run(s, c->restarts > 0);
	case CHILD_JUDGE:
		return judge_process_run(s, c->restarts > 0);
	case CHILD_METRICS:
		return metrics_process_run(s);
	case CHILD_WORKER:
		break;
	}
	return worker_run(s, c->slot);
}

int
child_start(struct child *c, const struct sensor *s, const int *parents, size_t count,
    struct err *e)
{
	const pid_t parent = getpid();
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return err_set_errno(e, "a process cannot be started");
	if (pid == 0) {
		/* without its supervisor it ends as if it had been told to */
		prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		if (getppid() != parent)
			_exit(SENSOR_DONE);
		for (size_t i = 0; i < count; i++)
			close_unless(parents[i], false);
		close_others(c, s);
		_exit((int)run(c, s));
	}
	c->pid = pid;
	c->ready = c->away = false;
	c->started_ns = c->heard_ns = timer_now_ns();
	return 0;
}

void
child_ended(struct child *c, bool away)
{
	const int64_t now_ns = timer_now_ns();

	c->pid = 0;
	c->ready = false;
	c->down = 0;
	c->away = away;
	if (now_ns - c->started_ns > LIVED_NS || c->pause_ns == 0)
		c->pause_ns = PAUSE_FIRST_NS;
	else if ((c->pause_ns *= 2) > PAUSE_MAX_NS)
		c->pause_ns = PAUSE_MAX_NS;
	c->due_ns = now_ns + c->pause_ns;
}

bool
child_is_due(const struct child *c, int64_t now_ns)
{
	return c->pid == 0 && !c->away && now_ns >= c->due_ns;
}

static void
tell_end(const struct child *c, const struct sensor *s, int status, const char *what_follows)
{
	char name[SENSOR_NAME_SIZE];

	child_name(c, s, name);
	if (WIFSIGNALED(status))
		log_warnx("%s was ended by signal %d (%s); %s", name, WTERMSIG(status),
		    strsignal(WTERMSIG(status)), what_follows);
	else
		log_warnx("%s ended with %d; %s", name, WEXITSTATUS(status), what_follows);
}

void
child_tell_accident(struct child *c, const struct sensor *s, int status)
{
	c->restarts++;
	tell_end(c, s, status, "it is replaced");
}

void
child_tell_loss(const struct child *c, const struct sensor *s, int status)
{
	const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	/* the first of all held nothing yet, and has said why it cannot begin */
	if (code != SENSOR_LOST && (code != SENSOR_WRONG || c->restarts > 0))
		tell_end(c, s, status, "what it held is lost");
}

bool
child_end_if_hung(struct child *c, const struct sensor *s)
{
	const int64_t silence_ns = (int64_t)s->settings->replace_s * INT64_C(1000000000);
	const int64_t now_ns = timer_now_ns();
	char name[SENSOR_NAME_SIZE];

	if (c->pid == 0 || now_ns - c->heard_ns <= silence_ns)
		return false;
	/* what has not gone by then is killed, and told of, again */
	c->heard_ns = now_ns;
	child_name(c, s, name);
	log_warnx("%s: it has not been heard of for too long; it is replaced", name);
	kill(c->pid, SIGKILL);
	return true;
}

void
child_name(const struct child *c, const struct sensor *s, char name_r[SENSOR_NAME_SIZE])
{
	static const char *const names[] = { [CHILD_WRITER] = "writer", [CHILD_JUDGE] = "judge",
		[CHILD_METRICS] = "metrics" };

	if (c->role == CHILD_WORKER)
		sensor_worker_name(s, c->slot, name_r);
	else
		snprintf(name_r, SENSOR_NAME_SIZE, "%s", names[c->role]);
}

void
child_why(const struct child *c, bool tap_is_up, const struct sensor *s,
    char why_r[CHILD_WHY_SIZE])
{
	char name[SENSOR_NAME_SIZE];

	child_name(c, s, name);
	snprintf(why_r, CHILD_WHY_SIZE, "%s %s\n", name,
	    c->away || !tap_is_up ? "waits for its interface" : "is being started");
	if (!c->ready || !tap_is_up)
		return;
	why_r[0] = '\0';
	if (c->down > 0 && c->down <= s->outputs.count)
		snprintf(why_r, CHILD_WHY_SIZE, "%s cannot be written\n",
		    s->outputs.specs[c->down - 1].name);
}
