/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge/decision_rows.h"

const struct decision_section *const decision_table[] = {
	&decision_tampering,
	&decision_request,
	&decision_exposure,
	NULL,
};
