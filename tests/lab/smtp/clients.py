# SPDX-License-Identifier: GPL-2.0-or-later
"""Real SMTP clients and how each is started. A client takes a Visit and returns what became of it."""
import os
import sys

from servers import postfix
from servers.dovecot import SECRET, USER
from wait import until

HERE = os.path.dirname(os.path.abspath(__file__))
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


class Visit:
    """One run of a client: from which host to which server, with what mail, leaving notes where."""

    def __init__(self, net, host, port, directory, mail, certificate):
        self.net, self.host, self.port, self.directory = net, host, port, directory
        self.certificate = certificate
        self.mail = os.path.join(directory, "mail")
        with open(self.mail, "w") as f:
            f.write(mail)

    def run(self, args, stdin=""):
        """Exit code and the last words of the client."""
        p = self.net.client.run(args, stdin=stdin)
        said = (p.stdout + p.stderr).decode("latin-1").strip()
        with open(os.path.join(self.directory, "client.log"), "w") as f:
            f.write(" ".join(map(str, args)) + "\n" + said + "\n")
        return "exit %d" % p.returncode

    @property
    def bracketed(self):
        return "[%s]" % self.host if ":" in self.host else self.host


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


def s_client(*options, starttls=True, stdin="QUIT\n"):
    def run(v):
        how = ["-starttls", "smtp", "-name", "console.example"] if starttls else []
        return v.run(["openssl", "s_client", "-connect", "%s:%d" % (v.bracketed, v.port), "-crlf", "-quiet",
                      "-CAfile", v.certificate] + how + list(options), stdin=stdin)
    return run


def smtplib(habit, *account):
    def run(v):
        return v.run([sys.executable, os.path.join(HERE, "smtplib_client.py"), v.host, v.port, habit, v.mail]
                     + list(account))
    return run


def msmtp(*options):
    def run(v):
        with open(v.mail) as f:
            mail = f.read()
        return v.run(["msmtp", "--file=/dev/null", "--host=" + v.host, "--port=%d" % v.port, "--timeout=6",
                      "--domain=mua.example", "--from=" + FROM] + list(options) + [TO], stdin=mail)
    return run


def talk(*steps):
    def run(v):
        return v.run([sys.executable, os.path.join(HERE, "..", "talk.py"), v.host, v.port] +
                     [s.replace("MAIL-FILE", v.mail) for s in steps])
    return run


def sending_postfix(level, tries=TRIES):
    """A sending MTA. It is done when the mail is sent, bounced, or was deferred `tries` times."""
    def run(v):
        spool = os.path.join(v.directory, "postfix")
        mta = postfix.sender(v.net.client, spool, v.host, v.port, level, v.certificate)
        try:
            v.run(["swaks", "--server", "127.0.0.1", "--port", postfix.SUBMIT_PORT, "--from", FROM, "--to", TO,
                   "--data", "@" + v.mail, "--ehlo", "localhost"])
            return until("the sending Postfix to finish (see %s)" % mta.log, lambda: finished(mta.said(), tries), 40)
        finally:
            mta.stop()
    return run


def finished(log, tries):
    for word in ("sent", "bounced"):
        if "postfix/smtp" in log and "status=" + word in log:
            return word + (" after %d deferrals" % log.count("status=deferred") if "status=deferred" in log else "")
    return "deferred" if log.count("status=deferred") >= tries else None


MAIL = ("say:MAIL FROM:<%s>" % FROM, "want", "say:RCPT TO:<%s>" % TO, "want", "say:DATA", "want",
        "file:MAIL-FILE", "say:.", "want")
HELLO = ("want", "say:EHLO talk.example", "want")
BYE = ("say:QUIT", "want")
UPGRADE = HELLO + ("say:STARTTLS", "want", "tls", "say:EHLO talk.example", "want")
CHUNK = "Subject: chunk\r\n\r\n250-STARTTLS\r\nSTARTTLS\r\n"
BDAT = ("say:MAIL FROM:<%s> BODY=8BITMIME" % FROM, "want", "say:RCPT TO:<%s>" % TO, "want",
        "raw:BDAT %d\\r\\n" % len(CHUNK) + CHUNK.replace("\r\n", "\\r\\n"), "want",
        "raw:BDAT 9 LAST\\r\\nSTARTTLS\\n", "want")
