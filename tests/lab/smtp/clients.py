# SPDX-License-Identifier: GPL-2.0-or-later
"""Real SMTP clients and how each is started."""
import os

import start
from servers import exim, postfix
from servers.dovecot import SECRET, USER
from start import gnutls, talk  # noqa: F401
from wait import until

FROM, TO = "alice@example.org", "bob@example"
TRIES = 4

PLAIN_MAIL = "From: <%s>\nTo: <%s>\nSubject: hello\nDate: Mon, 2 Feb 2026 09:00:00 +0000\n" \
             "Message-Id: <1@example.org>\n\nan ordinary mail\n" % (FROM, TO)
QUOTING_MAIL = PLAIN_MAIL + """
How an upgrade looks, for the handbook:
EHLO client.example
250-mx.example
250-STARTTLS
250 DSN
STARTTLS
220 2.0.0 Ready to start TLS
454 4.7.0 TLS not available
AUTH PLAIN AGFsaWNlAG5vdC1hLXNlY3JldA==
XXXXXXXA
..a line that begins with a dot
"""


def swaks(*options):
    def run(v):
        return v.run(["swaks", "--server", v.host, "--port", v.port, "--ehlo", "laptop.example", "--from", FROM,
                      "--to", TO, "--data", "@" + v.mail, "--timeout", "6"] + list(options))
    return run


def login(mechanism, secret=SECRET):
    return ("--auth", mechanism, "--auth-user", USER, "--auth-password", secret)


def curl(*options, scheme="smtp"):
    def run(v):
        return v.run(["curl", "-sS", "-g", "%s://%s:%d/desktop.example" % (scheme, v.bracketed, v.port),
                      "--mail-from", FROM, "--mail-rcpt", TO, "-T", v.mail, "--max-time", "8"] + list(options))
    return run


def s_client(*options, starttls=True):
    how = ("-starttls", "smtp", "-name", "console.example") if starttls else ()
    return start.s_client(*how, *options)


def smtplib(habit, *account):
    return lambda v: v.run(start.script("smtp", "smtplib_client.py", v.host, v.port, habit, v.mail, *account))


def msmtp(*options):
    def run(v):
        with open(v.mail) as f:
            mail = f.read()
        return v.run(["msmtp", "--file=/dev/null", "--host=" + v.host, "--port=%d" % v.port, "--timeout=6",
                      "--domain=mua.example", "--from=" + FROM] + list(options) + [TO], stdin=mail)
    return run


def sending_postfix(level, tries=TRIES, protocol="smtp"):
    """A sending MTA. It is done when the mail is sent, bounced, or was deferred `tries` times."""
    def run(v):
        spool = os.path.join(v.directory, "postfix")
        mta = postfix.sender(v.net.client, spool, v.host, v.port, level, v.certificate, protocol)
        try:
            v.run(["swaks", "--server", "127.0.0.1", "--port", postfix.SUBMIT_PORT, "--from", FROM, "--to", TO,
                   "--data", "@" + v.mail, "--ehlo", "localhost"])
            return until("the sending Postfix to finish (see %s)" % mta.log, 
                         lambda: finished(mta.said(), tries, protocol), 40)
        finally:
            mta.stop()
    return run


def finished(log, tries, protocol):
    for word in ("sent", "bounced"):
        if "postfix/" + protocol in log and "status=" + word in log:
            return word + (" after %d deferrals" % log.count("status=deferred") if "status=deferred" in log else "")
    return "deferred" if log.count("status=deferred") >= tries else None


def sending_exim(demand=False, tries=TRIES):
    """Exim as it sends out of the box, or with a demand for TLS; the queue is run until it is empty, `tries` times at most."""
    def run(v):
        mta = exim.Sender(v.net.client, os.path.join(v.directory, "exim"), v.host, v.port, demand)
        with open(v.mail) as f:
            mta.send(FROM, TO, f.read())
        for deferred in range(tries):
            if not mta.queued():
                return "sent" + (" after %d deferrals" % deferred if deferred else "")
            if deferred < tries - 1:
                mta.again()
        return "deferred"
    return run


MAIL = ("say:MAIL FROM:<%s>" % FROM, "want", "say:RCPT TO:<%s>" % TO, "want", "say:DATA", "want",
        "file:MAIL-FILE", "say:.", "want")
HELLO = ("want", "say:EHLO talk.example", "want")
BYE = ("say:QUIT", "want")
UPGRADE = HELLO + ("say:STARTTLS", "want", "tls", "say:EHLO talk.example", "want")
CHUNK = "Subject: chunk\r\n\r\n250-STARTTLS\r\nSTARTTLS\r\n"
BDAT = ("say:MAIL FROM:<%s> BODY=8BITMIME" % FROM, "want", "say:RCPT TO:<%s>" % TO, "want",
        "raw:BDAT %d\\r\\n" % len(CHUNK) + CHUNK.replace("\r\n", "\\r\\n"), "want",
        "raw:BDAT 9 LAST\\r\\nSTARTTLS\\n", "want")
