/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "unit.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

enum { AT_ONCE = 65536 };

void
peer_appear(struct peer *p, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	text_copy(address.sun_path, sizeof(address.sun_path), "peer.sock");
	(void)unlink("peer.sock");
	p->type = type;
	p->listening = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
	p->connected = type == SOCK_DGRAM ? p->listening : -1;
	assert_int_equal(bind(p->listening, (struct sockaddr *)&address, sizeof(address)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(p->listening, 5), 0);
}

void
peer_vanish(struct peer *p)
{
	if (p->connected >= 0 && p->connected != p->listening)
		close(p->connected);
	close(p->listening);
	unlink("peer.sock");
	p->connected = p->listening = -1;
}

void
peer_read(struct peer *p, size_t most)
{
	ssize_t n;

	if (p->connected < 0)
		p->connected = accept(p->listening, NULL, NULL);
	while (most > 0 && p->connected >= 0) {
		n = recv(p->connected, p->text + p->n, most < AT_ONCE ? most : AT_ONCE,
		    MSG_DONTWAIT);
		if (n <= 0)
			return;
		p->n += (size_t)n;
		most -= (size_t)n;
	}
}

void
peer_received(struct peer *p, int first, int last, bool twice)
{
	char *at = p->text, *end;
	int wanted = first, number;

	p->text[p->n] = '\0';
	while (*at != '\0') {
		number = strncmp(at, "event ", 6) == 0 ? (int)strtol(at + 6, &end, 10) : -1;
		if (number < 0 || *end != '\n')
			fail_msg("no whole line: %.40s", at);
		at = end + 1;
		if (twice && number < wanted)
			wanted = number;
		assert_int_equal(number, wanted);
		wanted++;
	}
	assert_int_equal(wanted, last + 1);
	p->n = 0;
}
