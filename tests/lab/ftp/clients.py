# SPDX-License-Identifier: GPL-2.0-or-later
"""Real FTP clients and how each is started."""
import start
from servers.dovecot import SECRET, USER
from start import gnutls, s_client  # noqa: F401


def curl(*options, user=USER + ":" + SECRET, scheme="ftp"):
    def run(v):
        return v.run(["curl", "-sS", "-g", "%s://%s:%d/letter" % (scheme, v.bracketed, v.port), "--user", user,
                      "--max-time", "8", "-o", "/dev/null"] + list(options))
    return run


def lftp(*settings, user=USER + "," + SECRET):
    """lftp asks for the listing, and for TLS unless told otherwise."""
    def run(v):
        how = ["net:timeout 5", "net:max-retries 2", "net:reconnect-interval-base 1", "net:persist-retries 0",
               "cmd:fail-exit yes"] + list(settings)
        commands = ["set " + s for s in how] + ["open -u %s ftp://%s:%d/" % (user, v.bracketed, v.port), "cat letter"]
        return v.run(["env", "HOME=" + v.directory, "lftp", "-f", v.keep("commands", "\n".join(commands + ["bye", ""]))])
    return run


def ftplib(habit):
    return lambda v: v.run(start.script("ftp", "ftplib_client.py", v.host, v.port, habit, USER, SECRET))


def talk(*steps):
    return start.talk(*steps, ends=r"^\d{3} .*\n")


HELLO = ("want", "say:FEAT", "want:^211 .*\\n")
ASK = ("say:AUTH TLS", "want")
LOGIN = ("say:USER " + USER, "want", "say:PASS " + SECRET, "want")
BYE = ("say:QUIT", "want")
