# SPDX-License-Identifier: GPL-2.0-or-later
"""Real POP3 clients and how each is started."""
import start
from imap.clients import fetchmail  # noqa: F401
from servers.dovecot import SECRET, USER
from start import s_client  # noqa: F401


def curl(*options, scheme="pop3"):
    def run(v):
        return v.run(["curl", "-sS", "-g", "%s://%s:%d/1" % (scheme, v.bracketed, v.port), "--user",
                      USER + ":" + SECRET, "--max-time", "8"] + list(options))
    return run


def poplib(habit):
    return lambda v: v.run(start.script("pop3", "poplib_client.py", v.host, v.port, habit, USER, SECRET))


def talk(*steps):
    return start.talk(*steps, ends=r"^(\+OK|-ERR|\+ ).*\n")


DOT = "want:^\\.\\r\\n"
HELLO = ("want", "say:CAPA", DOT)
ASK = ("say:STLS", "want")
LOGIN = ("say:USER " + USER, "want", "say:PASS " + SECRET, "want")
READ = ("say:LIST", DOT, "say:RETR 1", DOT, "say:CAPA", DOT)
BYE = ("say:QUIT", "want")
