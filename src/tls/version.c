/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tls/message.h"
#include "tls/tls.h"

/* The high bytes under which drafts of TLS 1.3 were spoken. */
static bool
is_draft(uint16_t version)
{
	return version >> 8 == 0x7f || version >> 8 == 0x7e || version >> 8 == 0xfb;
}

int
tls_version_rank(uint16_t version)
{
	if (version >> 8 == 3)
		return version * 256;
	if (is_draft(version))
		return 0x0303 * 256 + 1 + (version & 0x7f);
	return version == 0x0002 || version == 0x0101 ? version : 0;
}

/* Suricata's names, uneven as they are: whoever searches EVE searches for these. */
const char *
tls_version_name(uint16_t version)
{
	static const struct {
		uint16_t version;
		const char *name;
	} names[] = {
		{ 0x0002, "SSLv2" },
		{ 0x0300, "SSLv3" },
		{ 0x0301, "TLSv1" },
		{ 0x0302, "TLS 1.1" },
		{ 0x0303, "TLS 1.2" },
		{ 0x0304, "TLS 1.3" },
		{ 0x7f12, "TLS 1.3 draft-18" },
		{ 0x7f13, "TLS 1.3 draft-19" },
		{ 0x7f14, "TLS 1.3 draft-20" },
		{ 0x7f15, "TLS 1.3 draft-21" },
		{ 0x7f16, "TLS 1.3 draft-22" },
		{ 0x7f17, "TLS 1.3 draft-23" },
		{ 0x7f18, "TLS 1.3 draft-24" },
		{ 0x7f19, "TLS 1.3 draft-25" },
		{ 0x7f1a, "TLS 1.3 draft-26" },
		{ 0x7f1b, "TLS 1.3 draft-27" },
		{ 0x7f1c, "TLS 1.3 draft-28" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].version == version)
			return names[i].name;
	}
	return "UNDETERMINED";
}
