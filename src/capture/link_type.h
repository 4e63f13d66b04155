/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LINK_TYPE_H
#define CAPTURE_LINK_TYPE_H

#include <pcap/dlt.h>
#include <stdint.h>

/* The DLT_ value of a link type as it stands in a file; they differ for raw IP alone. */
static inline int
link_type_of_file(uint32_t link_type)
{
	enum { LINKTYPE_RAW = 101 };

	return link_type == LINKTYPE_RAW ? DLT_RAW : (int)link_type;
}

#endif
