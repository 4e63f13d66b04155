/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/law.h"

#include "base/log.h"
#include "sensor/law_text.h"

enum { RETRY_MS = 30000 };

enum { PAIRS_OF_A_SERVER = BASELINE_PAIRS_DEFAULT / BASELINE_SERVERS_DEFAULT };

int
law_begin(struct law *l, const struct sensor *sensor, bool replaces, struct err *e)
{
	const struct settings *s = sensor->settings;

	l->sensor = sensor;
	if (law_text_read(sensor->law, &l->rules, &l->policy, e) < 0)
		return -1;
	l->baseline = baseline_new(s->limits.servers, PAIRS_OF_A_SERVER * s->limits.servers, e);
	if (l->baseline == NULL)
		return -1;
	if (s->baseline == NULL)
		return 0;
	l->store = store_open(s->baseline, s->learn ? STORE_WRITE : STORE_READ, l->baseline, e);
	if (l->store != NULL || !replaces)
		return l->store != NULL ? 0 : -1;
	/* an attack that is told without it is worth more than a judge that is not there */
	log_warnx("%s; the judge that replaces another goes on without it", e->text);
	l->store_failed = true;
	return 0;
}

void
law_bind(const struct law *l, struct judge *judge)
{
	const struct origin *origin = &l->sensor->origin;
	const struct network_list *home = &l->sensor->settings->home;

	judge_use_rules(judge, l->rules);
	judge_obey(judge, l->policy, origin->tap_names, origin->tap_count);
	judge_know_home(judge, home->items, home->count);
}

void
law_reload(struct law *l, struct judge *judge)
{
	struct rule_set *rules = NULL, *old_rules = l->rules;
	struct policy *policy = NULL, *old_policy = l->policy;
	struct err e;

	if (law_text_read(l->sensor->law, &rules, &policy, &e) < 0) {
		log_warnx("%s", e.text);
		return;
	}
	l->rules = rules;
	l->policy = policy;
	law_bind(l, judge);
	rule_set_free(&old_rules);
	policy_free(&old_policy);
	log_warnx("rules and policy were read again");
}

static void
note_result(struct law *l, bool failed, const struct err *e)
{
	const struct settings *s = l->sensor->settings;

	if (failed && !l->store_failed)
		log_warnx("%s; %s", e->text, s->learn ? "what is learnt from now on is not kept" :
		    "what was learnt is not used");
	else if (!failed && l->store_failed)
		log_warnx("%s: the baseline is in use again", s->baseline);
	l->store_failed = failed;
	if (failed)
		l->retry = timer_start(RETRY_MS);
}

static void
keep(struct law *l, int (*write)(struct store *s, struct err *e))
{
	struct err e;
	bool failed;

	if (l->store_failed)
		store_try_again(l->store);
	failed = (l->sensor->settings->learn && write(l->store, &e) < 0) ||
	    store_failed(l->store, &e);
	note_result(l, failed, &e);
}

/* A full disk has room again some day. */
void
law_keep(struct law *l)
{
	if (l->store == NULL)
		return;
	if (!l->store_failed)
		keep(l, store_write_if_due);
	else if (timer_is_due(&l->retry))
		keep(l, store_write);
}

bool
law_finish(struct law *l)
{
	if (l->store != NULL)
		keep(l, store_write);
	store_free(&l->store);
	return !l->store_failed;
}
