# SPDX-License-Identifier: GPL-2.0-or-later
"""NNTP clients and how each is started."""
import start
from servers.dovecot import SECRET, USER
from servers.inn import GROUP
from start import s_client  # noqa: F401


def nntplib(habit, reader=False):
    """A script that logs in, or only reads."""
    login = () if reader else (USER, SECRET)
    return lambda v: v.run(start.script("nntp", "nntplib_client.py", v.host, v.port, habit, GROUP, *login))


def talk(*steps):
    return start.talk(*steps, ends=r"^\d{3} .*\n")


DOT = "want:^\\.\\r\\n"
HELLO = ("want", "say:CAPABILITIES", DOT)
ASK = ("say:STARTTLS", "want")
LOGIN = ("say:AUTHINFO USER " + USER, "want", "say:AUTHINFO PASS " + SECRET, "want")
READ = ("say:GROUP " + GROUP, "want", "say:ARTICLE 1", DOT)
PIPELINE = ("say:GROUP %s\\r\\nHEAD 1\\r\\nBODY 1\\r\\nDATE" % GROUP, DOT, DOT, "want:^111.*\\n")
BYE = ("say:QUIT", "want")
