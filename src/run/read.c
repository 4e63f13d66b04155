/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/read.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "event/excerpting.h"
#include "judge/baseline.h"
#include "judge/rule.h"
#include "judge/store.h"
#include "run/explain.h"
#include "run/interrupt.h"
#include "run/judge_limits.h"
#include "run/output.h"
#include "run/parsers.h"
#include "run/ports.h"
#include "run/progress.h"
#include "run/read_outputs.h"
#include "run/reader.h"

enum {
	HOST_SIZE = 256,
	PAIRS_OF_A_SERVER = BASELINE_PAIRS_DEFAULT / BASELINE_SERVERS_DEFAULT,
	LOOK_MS = 1000,			/* the longest wait for packets in one piece */
	LOOKS_BETWEEN_WRITES = 64,	/* of the baseline, as far as it is due */
};

/* Everything that a reading needs, made in this order and freed in the other. */
struct reading {
	const struct read_settings *settings;
	char host[HOST_SIZE];
	struct origin origin;
	struct read_outputs outputs;	/* until they are opened */
	struct ports ports;
	struct rule_set *rules;
	struct baseline *baseline;
	struct store *store;
	struct policy *policy;
	bool store_failed;
	struct output *output;
	struct excerpting excerpting;
	struct explanation explanation;	/* instead of it */
	struct judge *judge;
	struct reader_end end;
	struct tally counters;		/* of what was read */
	enum sandbox sandbox;
	struct progress progress;
	unsigned looks;
};

/* Where the bar was. */
static void
say(void *ctx, const struct err *e)
{
	struct reading *r = ctx;

	progress_clear(&r->progress);
	log_warnx("%s", e->text);
}

bool
read_is_live(const struct read_settings *s)
{
	for (size_t i = 0; i < s->file_count; i++) {
		if (strcmp(s->files[i], "-") == 0)
			return true;
	}
	return false;
}

static void
describe_origin(struct reading *r)
{
	const struct read_settings *s = r->settings;

	if (gethostname(r->host, sizeof(r->host) - 1) < 0)
		r->host[0] = '\0';
	r->origin = (struct origin){
		.host = r->host,
		.source_names = s->files,
		.source_count = s->file_count,
		.tap_names = s->taps,
		.tap_count = s->taps != NULL ? s->file_count : 0,
	};
}

static bool
has_two_taps(const struct read_settings *s)
{
	for (size_t i = 0; i < s->file_count; i++) {
		if (reader_tap(s, i) != 0)
			return true;
	}
	return false;
}

static int
open_store(struct reading *r, struct err *e)
{
	const struct settings *s = r->settings->common;

	if (s->baseline == NULL)
		return 0;
	r->store = store_open(s->baseline, s->learn ? STORE_WRITE : STORE_READ, r->baseline, e);
	return r->store != NULL ? 0 : -1;
}

/* What the user may have got wrong; nothing is written before all of it is right. */
static int
take_settings(struct reading *r, struct err *e)
{
	const struct read_settings *reading = r->settings;
	const struct settings *s = reading->common;

	describe_origin(r);
	if (read_outputs_take(&r->outputs, reading, e) < 0 ||
	    ports_parse(&r->ports, s->ports, e) < 0 ||
	    (r->rules = rule_set_load(s->rules.items, s->rules.count, e)) == NULL)
		return -1;
	if (s->policy != NULL && (r->policy = policy_read(s->policy, e)) == NULL)
		return -1;
	return reader_check(reading, e);
}

/* What was learnt is written as it comes, and the rest at the end; told once when it fails. */
static void
keep_baseline(struct reading *r, int (*write)(struct store *s, struct err *e))
{
	bool learns = r->settings->common->learn && !r->store_failed;
	struct err e;

	if (r->store == NULL || !learns || write(r->store, &e) == 0)
		return;
	r->store_failed = true;
	progress_clear(&r->progress);
	log_warnx("%s; what is learnt from now on is not kept", e.text);
}

static void
take_observation(void *ctx, const struct observation *seen)
{
	struct reading *r = ctx;

	judge_observe(r->judge, seen);
}

static void
advance(void *ctx, int64_t now_ns)
{
	struct reading *r = ctx;

	judge_advance(r->judge, now_ns);
}

/* Asked often; events that nobody takes need no more reading. */
static bool
go_on(void *ctx)
{
	struct reading *r = ctx;

	if (++r->looks % LOOKS_BETWEEN_WRITES == 0)
		keep_baseline(r, store_write_if_due);
	return !output_failed(r->output);
}

/* No packet comes just now: whatever else is under way goes on. */
static void
wait_for_packets(void *ctx, const int *fds, size_t count)
{
	struct reading *r = ctx;

	keep_baseline(r, store_write_if_due);
	output_wait(r->output, fds, count, LOOK_MS);
}

static void
show_progress(void *ctx, const struct reader_progress *so_far)
{
	struct reading *r = ctx;

	progress_show(&r->progress, so_far->done, so_far->total);
}

/* A baseline that can no longer be read has perhaps given no answer where it had one. */
static void
look_at_store(struct reading *r)
{
	struct err e;

	if (r->store == NULL || r->store_failed || !store_failed(r->store, &e))
		return;
	r->store_failed = true;
	log_warnx("%s; servers that are remembered in it may have gone unrecognised", e.text);
}

static int
set_up(struct reading *r, struct err *e)
{
	const struct read_settings *s = r->settings;
	const bool live = read_is_live(s);
	struct output_settings output = { .specs = r->outputs.specs,
		.spec_count = r->outputs.count, .format = r->outputs.format, .live = live,
		.say_ctx = r, .say = say };
	const struct judge_limits judge = judge_limits_of(s->common);
	struct judge_listener listener;

	r->explanation = (struct explanation){ .out = stdout, .flow_id = s->flow_id,
		.rules = r->rules, .origin = &r->origin };
	if (s->flow_id != 0 && explanation_begin(&r->explanation, e) < 0)
		return -1;
	r->outputs.count = 0;	/* they are the output's now */
	r->output = output_new(&output, &r->origin, e);
	if (r->output == NULL)
		return -1;
	r->excerpting = (struct excerpting){ s->common->excerpts, output_listener(r->output) };
	listener = s->flow_id != 0 ? explanation_listener(&r->explanation) :
	    excerpts_listener(&r->excerpting);
	/* from standard input there is no looking back: it may never end */
	r->judge = judge_new(r->rules, r->baseline, &judge, &listener, !live, e);
	if (r->judge == NULL || (has_two_taps(s) && judge_compare_taps(r->judge, e) < 0))
		return -1;
	if (s->flow_id != 0)
		explanation_follow(&r->explanation, r->judge);
	judge_obey(r->judge, r->policy, s->taps, s->taps != NULL ? s->file_count : 0);
	judge_know_home(r->judge, s->common->home.items, s->common->home.count);
	return 0;
}

/* -1 with *e set when not everything could be read and judged; it is written all the same. */
static int
read_frames(struct reading *r, struct err *e)
{
	const struct reader reader = { .settings = r->settings, .ports = &r->ports,
		.take = take_observation, .advance = advance, .go_on = go_on,
		.wait = wait_for_packets, .fault = say, .progress = show_progress, .ctx = r };
	struct err late;
	int result = r->settings->common->sandbox ?
	    parsers_run(&reader, &r->end, &r->counters, &r->sandbox, e) :
	    reader_run(&reader, NULL, &r->end, &r->counters, e);

	progress_clear(&r->progress);
	if (interrupt_came())
		log_warnx("interrupted; what came before is judged");
	if (judge_finish(r->judge, result == 0 ? e : &late) < 0)
		result = -1;
	keep_baseline(r, store_write);
	look_at_store(r);
	if (r->settings->flow_id != 0)
		return result;
	tally_each(&r->counters, output_counter, r->output);
	judge_counters(r->judge, output_counter, r->output);
	output_counter(r->output, "capture.files_unread", r->end.files_unread);
	output_word(r->output, "sandbox", sandbox_name(r->sandbox));
	output_finish(r->output, r->end.last_ns);
	return result;
}

static enum exit_status
status_of(struct reading *r, struct err *e)
{
	unsigned gravest = output_gravest(r->output);

	e->text[0] = '\0';
	if (r->settings->flow_id != 0 && explanation_finish(&r->explanation, e) < 0)
		return r->explanation.found ? EXIT_INTERNAL : EXIT_SOME_UNREAD;
	if (output_lost_some(r->output) || r->store_failed)
		return EXIT_INTERNAL;
	if (output_failed(r->output))
		return EXIT_ALL_READ;	/* readers that went away */
	if (r->settings->fail_on != 0 && gravest != 0 && gravest <= r->settings->fail_on)
		return EXIT_FAIL_ON;
	if (r->end.files_unread > 0 || interrupt_came())
		return EXIT_SOME_UNREAD;
	return EXIT_ALL_READ;
}

enum exit_status
read_run(const struct read_settings *settings, struct err *e)
{
	struct reading *r = calloc(1, sizeof(*r));
	enum exit_status status = EXIT_INTERNAL;

	if (r == NULL) {
		err_set_errno(e, "read");
		return EXIT_INTERNAL;
	}
	r->settings = settings;
	interrupt_catch();
	/* a closed pipe is told by write() */
	signal(SIGPIPE, SIG_IGN);
	/* ... and so is a file that may not become larger */
	signal(SIGXFSZ, SIG_IGN);
	r->baseline = baseline_new(settings->common->limits.servers,
	    PAIRS_OF_A_SERVER * settings->common->limits.servers, e);
	if (r->baseline == NULL)
		status = EXIT_INTERNAL;
	else if (take_settings(r, e) < 0 || open_store(r, e) < 0)
		status = EXIT_USAGE;
	else if (set_up(r, e) == 0 && read_frames(r, e) == 0)
		status = status_of(r, e);
	judge_free(&r->judge);
	output_free(&r->output);
	explanation_end(&r->explanation);
	read_outputs_release(&r->outputs);
	store_free(&r->store);
	policy_free(&r->policy);
	baseline_free(&r->baseline);
	rule_set_free(&r->rules);
	free(r);
	return status;
}
