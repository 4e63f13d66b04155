/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STREAM_PORTS_H
#define STREAM_PORTS_H

#include <stdint.h>

#include "words/flow.h"

/*
 * Which side has that port, where no handshake tells? A port below 1024 or of a
 * protocol that we know is the server's; if that does not tell, the lower one.
 */
enum side ports_guess_side(uint16_t port, uint16_t other);

#endif
