/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream/ports.h"

#include <stdbool.h>
#include <stddef.h>

/* Above 1023, but servers' all the same: those of the dialects, and some like them. */
static const uint16_t server_ports[] = {
	1110, 1143, 1433, 1434, 2000, 2003, 2121, 2525, 2587, 3268, 3269, 3306, 3389, 3493,
	3905, 4000, 4190, 5000, 5222, 5223, 5269, 5270, 5432, 5433, 5671, 5672, 5900, 5901,
	5902, 5903, 6432, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697,
	7000, 8000, 8080, 10809, 26257, 33060,
};

static bool
is_server_port(uint16_t port)
{
	bool listed = port < 1024;

	for (size_t i = 0; i < sizeof(server_ports) / sizeof(server_ports[0]); i++)
		listed = listed || server_ports[i] == port;
	return listed;
}

enum side
ports_guess_side(uint16_t port, uint16_t other)
{
	const bool listed = is_server_port(port);

	if (listed != is_server_port(other))
		return listed ? SIDE_SERVER : SIDE_CLIENT;
	return port < other ? SIDE_SERVER : SIDE_CLIENT;
}
