/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORDS_STRANGER_H
#define WORDS_STRANGER_H

#include <stdbool.h>
#include <stdint.h>

#include "words/frame.h"

/*
 * A packet that looks as if another host had sent it than those before and
 * behind it; one of the last three is true.
 */
struct stranger {
	struct frame_ref at;
	uint8_t ttl, usual_ttl;		/* or hop limits */
	bool other_ttl;
	bool other_id;			/* the IP identifier jumped, and back */
	bool other_timestamp;		/* that of TCP did, or was missing */
};

#endif
