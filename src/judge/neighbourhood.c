/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/neighbourhood.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "judge/registrable.h"
#include "words/network.h"

enum { AGREEING_MIN = 3, AGREEING_DAYS = 2 };

enum example
server_example(const struct server *s, int64_t now_ns, int64_t fading_ns)
{
	if (server_strength(s, now_ns, fading_ns) != STRENGTH_NONE)
		return EXAMPLE_KEEPING;
	if (server_lacks(s) ||
	    (s->offered == 0 && s->upgraded == 0 && sketch_clients(&s->denied) > 0))
		return EXAMPLE_LACKING;
	return EXAMPLE_NONE;
}

static void
begin_key(const struct server_key *server, struct server_key *key_r)
{
	memset(key_r, 0, sizeof(*key_r));
	key_r->port = server->port;
	memcpy(key_r->dialect, server->dialect, sizeof(key_r->dialect));
}

bool
neighbourhood_of_address(const struct server_key *server, struct server_key *key_r)
{
	const unsigned bits = server->address.family == 4 ? NEIGHBOURHOOD_IPV4_BITS :
	    NEIGHBOURHOOD_IPV6_BITS;
	char text[ADDRESS_TEXT_SIZE];
	struct address network = server->address;

	/* behind a proxy there is no address to go by */
	if (server->address.family == 0 || server->name[0] != '\0')
		return false;
	begin_key(server, key_r);
	memset(network.bytes + bits / 8, 0, sizeof(network.bytes) - bits / 8);
	address_format(&network, text);
	snprintf(key_r->name, sizeof(key_r->name), "%s/%u", text, bits);
	return true;
}

bool
neighbourhood_of_name(const struct server_key *server, struct server_key *key_r)
{
	/* who is called by the registered name itself is a site's one machine, not one of many */
	begin_key(server, key_r);
	return registrable_name(server->name, key_r->name, sizeof(key_r->name)) &&
	    strlen(server->name) > strlen(key_r->name);
}

void
neighbourhood_learn(struct neighbourhood *n, uint32_t server, enum example example,
    const struct server *s)
{
	if (example != EXAMPLE_KEEPING)
		sketch_remove(&n->keeping, server);
	if (example != EXAMPLE_LACKING)
		sketch_remove(&n->lacking, server);
	if (example == EXAMPLE_KEEPING) {
		sketch_add(&n->keeping, server, s->first_offer_ns);
		sketch_add(&n->keeping, server, s->last_promise_ns);
	} else if (example == EXAMPLE_LACKING) {
		sketch_add(&n->lacking, server, s->last_seen_ns);
	}
}

static bool
has_faded(const struct sketch *s, int64_t now_ns, int64_t fading_ns)
{
	return now_ns - s->last_day * CLOCK_DAY_NS > fading_ns;
}

enum example
neighbourhood_example(const struct neighbourhood *n, int64_t now_ns, int64_t fading_ns)
{
	if (sketch_clients(&n->lacking) > 0 && !has_faded(&n->lacking, now_ns, fading_ns))
		return EXAMPLE_LACKING;
	if (sketch_clients(&n->keeping) < AGREEING_MIN ||
	    sketch_days(&n->keeping) < AGREEING_DAYS ||
	    has_faded(&n->keeping, now_ns, fading_ns))
		return EXAMPLE_NONE;
	return EXAMPLE_KEEPING;
}
