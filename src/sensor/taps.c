/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/taps.h"

#include "base/log.h"

static const char *
name_of(const struct taps *t, size_t interface)
{
	return t->settings->interfaces.items[interface].name;
}

int
taps_begin(struct taps *t, const struct settings *settings, struct err *e)
{
	t->settings = settings;
	t->looking = interface_open(e);
	if (t->looking < 0)
		return -1;
	for (size_t i = 0; i < settings->interfaces.count; i++) {
		t->look[i].state = INTERFACE_UP;
		taps_look(t, i);
		t->dropped[i] = interface_dropped(name_of(t, i));
	}
	return 0;
}

bool
taps_is_up(const struct taps *t, size_t interface)
{
	return t->look[interface].state == INTERFACE_UP;
}

bool
taps_look(struct taps *t, size_t interface)
{
	static const char *const words[] = {
		[INTERFACE_ABSENT] = "is not there; waiting for it",
		[INTERFACE_DOWN] = "is down; waiting for it",
		[INTERFACE_UP] = "is up",
	};
	const struct interface_look before = t->look[interface],
	    now = interface_look(t->looking, name_of(t, interface));

	if (now.state != before.state)
		log_warnx("%s: %s", name_of(t, interface), words[now.state]);
	t->look[interface] = now;
	return now.index != before.index;
}

void
taps_counters(const struct taps *t, counter_visit *visit, void *ctx)
{
	uint64_t dropped = 0, down = 0;

	for (size_t i = 0; i < t->settings->interfaces.count; i++) {
		const uint64_t now = interface_dropped(name_of(t, i));

		/* a card that was reset counts from nothing again */
		dropped += now > t->dropped[i] ? now - t->dropped[i] : 0;
		down += !taps_is_up(t, i);
	}
	visit(ctx, "capture.if_dropped", dropped);
	visit(ctx, "capture.interfaces_down", down);
}
