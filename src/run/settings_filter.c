/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filter.h"
#include "run/settings.h"

int
settings_check_filter(const char *expression, struct err *e)
{
	struct filter *filter = filter_new(expression, e);
	int result = filter != NULL ? 0 : -1;

	filter_free(&filter);
	return result;
}
