/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/sight.h"

#include "base/clock.h"

void
sight_joined(struct sight *s, int64_t at_ns)
{
	s->settled_at_ns = at_ns + SIGHT_SETTLE_S * CLOCK_SECOND_NS;
}

void
sight_session(struct sight *s, const struct observation *seen)
{
	const struct flow *f = &seen->flow;
	const bool whole = !f->truncated && !flow_lost_bytes(f);

	if (!seen->final || seen->attempt || seen->elsewhere)
		return;
	/* neither for nor against: it was under way, or thought to be */
	if (!f->handshake && f->first.at_ns < s->settled_at_ns)
		return;
	s->now.sessions++;
	s->now.one_sided += !flow_both_sides(f);
	s->now.holed += flow_both_sides(f) && !whole;
	s->now.headless += flow_both_sides(f) && whole && !f->handshake;
}

void
sight_clear(struct sight *s)
{
	s->now.segments = s->now.frames = s->now.dropped = 0;
}

void
sight_add(struct sight *s, const struct tally *counters)
{
	s->now.segments += tally_value(counters, "decode.segment");
	s->now.frames += tally_value(counters, "capture.received");
	s->now.dropped += tally_value(counters, "capture.dropped");
}

static struct tap_figures
since(const struct sight *s, const struct tap_figures *then)
{
	const struct tap_figures *now = &s->now;

	return (struct tap_figures){
		.segments = now->segments - then->segments,
		.frames = now->frames - then->frames,
		.dropped = now->dropped - then->dropped,
		.sessions = now->sessions - then->sessions,
		.one_sided = now->one_sided - then->one_sided,
		.holed = now->holed - then->holed,
		.headless = now->headless - then->headless,
	};
}

static uint64_t
seconds_since(int64_t then_ns, int64_t now_ns)
{
	return (uint64_t)((now_ns - then_ns) / CLOCK_SECOND_NS);
}

/* Of two the greater one counts. */
enum opinion { LACKING, FINE, HOVERING, FAULTY };

/* What a share means; from and to are in 1/1000. */
static enum opinion
opinion_of(uint64_t part, uint64_t of, uint64_t least, unsigned from, unsigned to)
{
	if (of < least)
		return LACKING;
	if (part * 1000 >= of * from)
		return FAULTY;
	return part * 1000 < of * to ? FINE : HOVERING;
}

struct look {
	struct sight *sight;
	struct tap_alert *alerts;
	unsigned count;
};

static void
decide(struct look *l, enum opinion is, const struct tap_alert *alert)
{
	bool *told = &l->sight->told[alert->fault];

	if ((is != FINE && is != FAULTY) || *told == (is == FAULTY))
		return;
	*told = is == FAULTY;
	l->alerts[l->count] = *alert;
	l->alerts[l->count++].over = is == FINE;
}

static void
look_for_traffic(struct look *l, int64_t now_ns, uint64_t quiet_s)
{
	struct sight *s = l->sight;
	const bool moved = s->now.segments != s->moved.segments;
	const struct tap_alert alert = { .fault = TAP_QUIET,
		.seconds = seconds_since(s->moved_ns, now_ns), .figures = since(s, &s->moved) };

	decide(l, moved ? FINE : alert.seconds >= quiet_s ? FAULTY : LACKING, &alert);
	if (moved) {
		s->moved = s->now;
		s->moved_ns = now_ns;
	}
}

/* Frames that were dropped are told at once, sessions when there are enough of them. */
static void
look_at_window(struct look *l, int64_t now_ns)
{
	struct sight *s = l->sight;
	struct tap_alert alert = { .seconds = seconds_since(s->opened_ns, now_ns),
		.figures = since(s, &s->opened) };
	const struct tap_figures *f = &alert.figures;
	const enum opinion frames = opinion_of(f->dropped, f->frames + f->dropped,
	    SIGHT_FRAMES_MIN, SIGHT_DROPPED_FROM, SIGHT_DROPPED_TO);
	const enum opinion sessions = opinion_of(f->holed + f->headless,
	    f->sessions - f->one_sided, SIGHT_SESSIONS_MIN, SIGHT_LOSSY_FROM, SIGHT_LOSSY_TO);

	if (alert.seconds < SIGHT_WINDOW_S ||
	    (f->sessions < SIGHT_SESSIONS_MIN && frames != FAULTY))
		return;
	alert.fault = TAP_ONE_SIDED;
	decide(l, opinion_of(f->one_sided, f->sessions, SIGHT_SESSIONS_MIN,
	    SIGHT_ONE_SIDED_FROM, SIGHT_ONE_SIDED_TO), &alert);
	alert.fault = TAP_LOSSY;
	if (sessions != LACKING || frames == FAULTY)
		decide(l, sessions > frames ? sessions : frames, &alert);
	s->opened = s->now;
	s->opened_ns = now_ns;
}

unsigned
sight_look(struct sight *s, int64_t now_ns, uint64_t quiet_s,
    struct tap_alert alerts_r[TAP_FAULTS])
{
	struct look l = { s, alerts_r, 0 };

	if (s->moved_ns == 0)
		s->moved_ns = now_ns;
	look_for_traffic(&l, now_ns, quiet_s);
	if (s->opened.frames > 0) {
		look_at_window(&l, now_ns);
		return l.count;
	}
	/* it begins with the first frames, and not with what was counted before us */
	s->opened = s->now;
	s->opened_ns = now_ns;
	return l.count;
}
