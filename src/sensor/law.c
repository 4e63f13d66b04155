/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/law.h"

#include "base/log.h"
#include "sensor/law_text.h"

enum { PAIRS_OF_A_SERVER = BASELINE_PAIRS_DEFAULT / BASELINE_SERVERS_DEFAULT };

int
law_begin(struct law *l, const struct sensor *sensor, struct err *e)
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
	return l->store != NULL ? 0 : -1;
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

void
law_keep(struct law *l, int (*write)(struct store *s, struct err *e))
{
	const bool learns = l->sensor->settings->learn;
	struct err e;

	if (l->store == NULL || l->store_failed)
		return;
	if ((!learns || write(l->store, &e) == 0) && !store_failed(l->store, &e))
		return;
	l->store_failed = true;
	log_warnx("%s; %s", e.text, learns ? "what is learnt from now on is not kept" :
	    "what was learnt is not used");
}
