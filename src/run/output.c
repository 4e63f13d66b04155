/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/output.h"

#include <inttypes.h>
#include <stdlib.h>

#include "run/render.h"

struct output {
	struct outputs *outputs;
	struct render *render;
	void *say_ctx;
	void (*say)(void *ctx, const struct err *e);
};

static struct outputs *
open_outputs(const struct output_settings *settings, const struct origin *origin,
    struct err *e)
{
	struct outputs_settings set = { .host = origin->host, .format = settings->format,
		.live = settings->live, .patient = true,
		.say_ctx = settings->say_ctx, .say = settings->say };
	struct output_spec standard;

	if (settings->spec_count > 0)
		return outputs_open(settings->specs, settings->spec_count, &set, e);
	return output_spec_parse(&standard, NULL, e) < 0 ? NULL :
	    outputs_open(&standard, 1, &set, e);
}

struct output *
output_new(const struct output_settings *settings, const struct origin *origin, struct err *e)
{
	struct output *o = calloc(1, sizeof(*o));
	struct line_taker taker;

	if (o == NULL) {
		err_set_errno(e, "output");
		return NULL;
	}
	o->say_ctx = settings->say_ctx;
	o->say = settings->say;
	o->outputs = open_outputs(settings, origin, e);
	if (o->outputs != NULL) {
		taker = (struct line_taker){ o->outputs, outputs_take };
		o->render = render_new(outputs_formats(o->outputs), origin, &taker, e);
	}
	if (o->render == NULL)
		output_free(&o);
	return o;
}

struct judge_listener
output_listener(struct output *o)
{
	return render_listener(o->render);
}

void
output_counter(void *output, const char *name, uint64_t value)
{
	render_counter(((struct output *)output)->render, name, value);
}

void
output_word(struct output *o, const char *name, const char *word)
{
	render_word(o->render, name, word);
}

/* What nobody took and a spool keeps is not lost; say where it is. */
static void
name_spools(struct output *o)
{
	struct err e;

	for (size_t i = 0; i < outputs_count(o->outputs); i++) {
		const struct output_spec *spec = outputs_spec(o->outputs, i);
		uint64_t waiting = delivery_waiting(outputs_at(o->outputs, i));

		if (waiting == 0 || spec->delivery.spool == NULL || o->say == NULL)
			continue;
		err_set(&e, "%s: %" PRIu64 " events wait in %s for the next run",
		    sink_label(delivery_sink(outputs_at(o->outputs, i))), waiting,
		    spec->delivery.spool);
		o->say(o->say_ctx, &e);
	}
}

void
output_finish(struct output *o, int64_t at_ns)
{
	/* first, so that the statistics know what became of everything before them */
	outputs_wait(o->outputs, -1);
	outputs_counters(o->outputs, output_counter, o);
	render_stats(o->render, at_ns, true);
	outputs_wait(o->outputs, -1);
	outputs_finish(o->outputs);
	name_spools(o);
}

void
output_wait(struct output *o, const int *inputs, size_t count, int limit_ms)
{
	struct pollfd fds[OUTPUTS_MAX + OUTPUT_WAITS_FOR_MAX];
	struct moment now = moment_now();
	int timeout_ms;
	size_t n;

	outputs_work(o->outputs, &now);
	n = outputs_poll(o->outputs, &now, fds, &timeout_ms);
	for (size_t i = 0; i < count && i < OUTPUT_WAITS_FOR_MAX; i++)
		fds[n++] = (struct pollfd){ .fd = inputs[i], .events = POLLIN };
	if (timeout_ms < 0 || timeout_ms > limit_ms)
		timeout_ms = limit_ms;
	poll(fds, (nfds_t)n, timeout_ms);
}

bool
output_failed(const struct output *o)
{
	return outputs_all_failed(o->outputs);
}

bool
output_lost_some(const struct output *o)
{
	return outputs_lost_some(o->outputs);
}

unsigned
output_gravest(const struct output *o)
{
	return render_gravest(o->render);
}

void
output_free(struct output **o)
{
	if (*o == NULL)
		return;
	render_free(&(*o)->render);
	outputs_free(&(*o)->outputs);
	free(*o);
	*o = NULL;
}
