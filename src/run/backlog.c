/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/backlog.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

struct backlog {
	FILE *file;
	off_t max, end, next;
};

/* Before each body. */
struct header {
	uint32_t kind, body_bytes;
};

struct backlog *
backlog_new(size_t bytes_max, struct err *e)
{
	struct backlog *b = calloc(1, sizeof(*b));

	if (b != NULL && (b->file = tmpfile()) != NULL) {
		b->max = (off_t)(bytes_max != 0 ? bytes_max : BACKLOG_BYTES_MAX);
		return b;
	}
	err_set_errno(e, "temporary file for captures that are read ahead");
	free(b);
	return NULL;
}

bool
backlog_add(struct backlog *b, const struct message *message)
{
	struct header header = { message->kind, (uint32_t)message->body.n };
	const struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ (void *)(uintptr_t)message->body.p, message->body.n },
	};
	const size_t bytes = sizeof(header) + message->body.n;

	if (pwritev(fileno(b->file), parts, 2, b->end) != (ssize_t)bytes)
		return false;
	b->end += (off_t)bytes;
	return true;
}

bool
backlog_is_full(const struct backlog *b)
{
	return b->end >= b->max;
}

int
backlog_next(struct backlog *b, struct channel_room *room, struct message *message_r)
{
	struct header header;
	const struct iovec parts[] = {
		{ &header, sizeof(header) },
		{ room->body, sizeof(room->body) },
	};
	ssize_t got;

	if (b->next >= b->end)
		return CHANNEL_EMPTY;
	/* the body and perhaps more: what is behind it is read again */
	got = preadv(fileno(b->file), parts, 2, b->next);
	if (got < (ssize_t)sizeof(header) || header.kind >= MESSAGE_KINDS ||
	    header.body_bytes > (size_t)got - sizeof(header))
		return CHANNEL_NONSENSE;
	b->next += (off_t)(sizeof(header) + header.body_bytes);
	message_r->kind = (enum message_kind)header.kind;
	message_r->body = span_of(room->body, header.body_bytes);
	return 1;
}

void
backlog_free(struct backlog **b)
{
	if (*b == NULL)
		return;
	fclose((*b)->file);
	free(*b);
	*b = NULL;
}
