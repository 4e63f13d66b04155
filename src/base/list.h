/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Who holds something, in the order in which they took it: the oldest is the
 * one to take it from. The links lie in their owners; all zero is an empty list.
 */
struct list_link {
	struct list_link *older, *newer;
	void *owner;		/* NULL while in no list */
};

struct list {
	struct list_link *oldest, *newest;
};

/* Put it at the newest end; nothing happens to one that is in the list. */
static inline void
list_add(struct list *l, struct list_link *link, void *owner)
{
	if (link->owner != NULL)
		return;
	*link = (struct list_link){ .older = l->newest, .owner = owner };
	if (l->newest != NULL)
		l->newest->newer = link;
	else
		l->oldest = link;
	l->newest = link;
}

/* Nothing happens to one that is in no list. */
static inline void
list_remove(struct list *l, struct list_link *link)
{
	if (link->owner == NULL)
		return;
	if (link->older != NULL)
		link->older->newer = link->newer;
	else
		l->oldest = link->newer;
	if (link->newer != NULL)
		link->newer->older = link->older;
	else
		l->newest = link->older;
	*link = (struct list_link){ 0 };
}

/* NULL when it is empty. */
static inline void *
list_oldest(const struct list *l)
{
	return l->oldest != NULL ? l->oldest->owner : NULL;
}

#endif
