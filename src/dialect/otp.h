/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIALECT_OTP_H
#define DIALECT_OTP_H

#include <stdbool.h>

#include "base/span.h"

/*
 * Passwords that are good once (RFC 2289, RFC 1760), where a protocol asks for one
 * in the words of a reply and takes it in place of a password. A challenge alone
 * excuses nothing, as anybody can write one there: the response must be one as well.
 */

/* Is there a challenge in it: "otp-md5 487 dog2", "s/key 97 ke1234"? */
bool otp_challenges(struct span text);

/* Sixteen hexadecimal digits, or six short words (RFC 2289 §6.2), named or not (RFC 2243 §3). */
bool otp_is_response(struct span secret);

#endif
