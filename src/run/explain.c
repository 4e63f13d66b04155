/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/explain.h"

#include <errno.h>
#include <stdlib.h>

#include "event/explain.h"

int
explanation_begin(struct explanation *x, struct err *e)
{
	x->alerts = open_memstream(&x->text, &x->text_bytes);
	return x->alerts != NULL ? 0 : err_set_errno(e, "explanation");
}

static void
take_session(void *ctx, const struct record *record)
{
	(void)ctx, (void)record;
}

static void
take_alert(void *ctx, const struct alert *alert)
{
	struct explanation *x = ctx;

	if (alert->record->seen.flow.id == x->flow_id)
		explain_alert(x->alerts, alert);
}

/* An open connection is judged many times; what it came to is shown. */
static void
take_weighing(void *ctx, const struct weighing *weighing)
{
	struct explanation *x = ctx;
	const struct observation *seen = &weighing->record->seen;

	if (seen->flow.id != x->flow_id || !seen->final)
		return;
	x->found = true;
	explain_weighing(x->out, weighing, x->rules, x->origin);
}

struct judge_listener
explanation_listener(struct explanation *x)
{
	return (struct judge_listener){ x, take_session, take_alert };
}

void
explanation_follow(struct explanation *x, struct judge *judge)
{
	judge_show(judge, take_weighing, x);
}

int
explanation_finish(struct explanation *x, struct err *e)
{
	if (!x->found)
		return err_set(e, "no session here has the flow_id %llu; the events of stripwatch "
		    "read tell which there are", (unsigned long long)x->flow_id);
	fflush(x->alerts);
	fprintf(x->out, "\nAlerts that were given\n%s", x->text_bytes > 0 ? x->text : "  none\n");
	/* a reader that goes away needs no message */
	if (fflush(x->out) == 0 || errno == EPIPE)
		return 0;
	return err_set_errno(e, "standard output");
}

void
explanation_end(struct explanation *x)
{
	if (x->alerts != NULL)
		fclose(x->alerts);
	free(x->text);
}
