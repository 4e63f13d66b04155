/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/extract.h"

#include "cmd/read.h"

static const char help[] =
    "usage: stripwatch extract --flow ID [-w OUT.pcap] [OPTIONS] FILE... | -\n"
    "\n"
    "Writes the packets of one connection as a capture file, to hand on what an alert\n"
    "rests on: with their times, headers and sizes, but of what was said only what is\n"
    "nobody's secret. Passwords, names, addresses of mail and its content, and all that\n"
    "is not understood, become the letter o; docs/security.md says what is left.\n"
    "\n"
    "  --flow ID            the flow_id of the connection's events\n"
    "  -w, --write FILE     where to, instead of standard output\n"
    "  --tap NAME=FILE      read FILE as the tap of that name; may be repeated\n"
    "  --ports all|dialect|LIST\n"
    "                       look at all TCP ports (default), at those of known protocols,\n"
    "                       or at a list such as 25,587\n"
    "  --filter EXPRESSION  read only matching frames, see pcap-filter(7)\n"
    "  --vlan-track yes|no  do VLANs tell connections apart? (default yes)\n"
    "  -h, --help           this text\n"
    "\n"
    "Give it the files and options that the event came from.\n"
    "\n"
    "Exit status: 0 it was written, 1 there is no such connection, or not all could be\n"
    "read, 2 usage, 3 output or internal failure.\n";

int
cmd_extract(int argc, char **argv)
{
	return read_command("extract", help, argc, argv);
}
