/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SENSOR_TIMER_H
#define SENSOR_TIMER_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A time that will come, by a clock that never goes back. */
struct timer {
	int64_t due_ns, period_ns;
};

static inline int64_t
timer_clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static inline int64_t
timer_now_ns(void)
{
	return timer_clock_ns(CLOCK_MONOTONIC);
}

/* The clock that packets are stamped with. */
static inline int64_t
timer_wall_ns(void)
{
	return timer_clock_ns(CLOCK_REALTIME);
}

static inline struct timer
timer_start(int64_t period_ms)
{
	const int64_t period_ns = period_ms * 1000000;

	return (struct timer){ timer_now_ns() + period_ns, period_ns };
}

static inline bool
timer_is_due(const struct timer *t)
{
	return timer_now_ns() >= t->due_ns;
}

/* A period later; of those that went by while nobody looked, none is made up for. */
static inline void
timer_again(struct timer *t)
{
	const int64_t now_ns = timer_now_ns();

	t->due_ns += t->period_ns;
	if (t->due_ns <= now_ns)
		t->due_ns = now_ns + t->period_ns;
}

/* For poll(2): rounded up, so that it is due then. */
static inline int
timer_left_ms(const struct timer *t)
{
	const int64_t left_ns = t->due_ns - timer_now_ns();

	return left_ns > 0 ? (int)(left_ns / 1000000) + 1 : 0;
}

/* Wait for a descriptor, at most until then. */
static inline void
timer_await(int fd, short events, const struct timer *t)
{
	struct pollfd one = { .fd = fd, .events = events };

	poll(&one, 1, timer_left_ms(t));
}

#endif
