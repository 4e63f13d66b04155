/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/tls.h"

#include <string.h>

/* The names are systematic enough to tell; the worst comes first. */
enum tls_strength
tls_cipher_strength(uint16_t cipher)
{
	static const struct {
		const char *part;
		enum tls_strength strength;
	} signs[] = {
		{ "_SCSV", TLS_STRENGTH_UNKNOWN },	/* a signal, no suite */
		{ "_NULL_", TLS_STRENGTH_NULL },
		{ "TLS_SHA", TLS_STRENGTH_NULL },	/* integrity only, RFC 9150 */
		{ "_EXPORT", TLS_STRENGTH_EXPORT },
		{ "_anon_", TLS_STRENGTH_ANON },
		{ "_RC4_", TLS_STRENGTH_RC4 },
		{ "_DES_", TLS_STRENGTH_DES },
		{ "_3DES_", TLS_STRENGTH_BLOCK64 },
		{ "_IDEA_", TLS_STRENGTH_BLOCK64 },
		{ "_FORTEZZA_CBC", TLS_STRENGTH_BLOCK64 },
		{ "_28147_", TLS_STRENGTH_BLOCK64 },
		{ "_MAGMA_", TLS_STRENGTH_BLOCK64 },
	};
	const char *name = tls_cipher_name(cipher);

	if (name == NULL)
		return TLS_STRENGTH_UNKNOWN;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strstr(name, signs[i].part) != NULL)
			return signs[i].strength;
	}
	return TLS_STRENGTH_OK;
}
