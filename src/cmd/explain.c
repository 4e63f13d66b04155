/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/explain.h"

#include "cmd/read.h"

static const char help[] =
    "usage: stripwatch explain --flow ID [OPTIONS] FILE... | -\n"
    "\n"
    "Reads capture files as \"stripwatch read\" does, and says why one connection was\n"
    "judged as it was: who said what, what was seen and what was to be expected, which\n"
    "rows of the decision table held, what the rules compared, which alerts were given.\n"
    "Give it the files and options that the event came from.\n"
    "\n"
    "  --flow ID            the flow_id of the connection's events\n"
    "  --rules DIR|FILE     use these rules instead of those built in; may be repeated\n"
    "  --baseline FILE      also use what earlier runs have learnt of these servers\n"
    "  --policy FILE        where TLS must be, may be, or never is; see docs/policy.md\n"
    "  --tap NAME=FILE      read FILE as the tap of that name; may be repeated\n"
    "  --ports all|dialect|LIST\n"
    "                       look at all TCP ports (default), at those of known protocols,\n"
    "                       or at a list such as 25,587\n"
    "  --filter EXPRESSION  read only matching frames, see pcap-filter(7)\n"
    "  -h, --help           this text\n"
    "\n"
    "Exit status: 0 it was explained, 1 there is no such connection, or not all could be\n"
    "read, 2 usage, 3 output or internal failure.\n";

int
cmd_explain(int argc, char **argv)
{
	return read_command("explain", help, argc, argv);
}
