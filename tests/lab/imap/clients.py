# SPDX-License-Identifier: GPL-2.0-or-later
"""Real IMAP clients and how each is started."""
import start
from servers.dovecot import SECRET, USER
from start import s_client  # noqa: F401


def curl(*options, scheme="imap"):
    def run(v):
        return v.run(["curl", "-sS", "-g", "%s://%s:%d/INBOX;MAILINDEX=1" % (scheme, v.bracketed, v.port),
                      "--user", USER + ":" + SECRET, "--max-time", "8"] + list(options))
    return run


def fetchmail(proto, *settings):
    """fetchmail, which keeps what it fetched on the server and hands it to nobody."""
    def run(v):
        rc = v.keep("fetchmailrc", "poll %s protocol %s port %d user %s password %s %s keep fetchall mda 'cat >/dev/null'\n"
                    % (v.host, proto, v.port, USER, SECRET, " ".join(settings)))
        return v.run(["env", "HOME=" + v.directory, "FETCHMAILHOME=" + v.directory, "fetchmail", "-f", rc,
                      "--timeout", "6", "--nosyslog", "-v"])
    return run


def mbsync(tls):
    def run(v):
        rc = v.keep("mbsyncrc", "IMAPAccount a\nHost %s\nPort %d\nUser %s\nPass %s\nTimeout 6\nSSLType %s\n"
                    "CertificateFile %s\n\nIMAPStore far\nAccount a\n\nMaildirStore near\nPath %s/near/\n"
                    "Inbox %s/near/INBOX\n\nChannel c\nFar :far:\nNear :near:\nCreate Near\nSync Pull\nSyncState *\n"
                    % (v.host, v.port, USER, SECRET, tls, v.certificate, v.directory, v.directory))
        v.net.client.must("mkdir", "-p", v.directory + "/near")
        return v.run(["env", "HOME=" + v.directory, "mbsync", "-V", "-c", rc, "c"])
    return run


def imaplib(habit):
    return lambda v: v.run(start.script("imap", "imaplib_client.py", v.host, v.port, habit, USER, SECRET))


def talk(*steps):
    return start.talk(*steps, ends=r"^(t\d+ |\+|\* (OK|PREAUTH|BYE) ).*\n")


HELLO = ("want", "say:t1 CAPABILITY", "want")
ASK = ("say:t2 STARTTLS", "want")
LOGIN = ("say:t3 LOGIN %s %s" % (USER, SECRET), "want:^t3 .*\\n")
READ = ("say:t4 EXAMINE INBOX", "want:^t4 .*\\n", "say:t5 FETCH 1 BODY[TEXT]", "want:^t5 .*\\n")
BYE = ("say:t9 LOGOUT", "want:^t9 .*\\n")
LETTER = "Subject: x\\r\\n\\r\\na1 STARTTLS\\r\\na1 OK go\\r\\na1 BAD no\\r\\n"
LETTER_BYTES = len(LETTER.encode().decode("unicode_escape"))
APPEND = ("say:t6 APPEND INBOX {%d}" % LETTER_BYTES, "want:^\\+.*\\n", "raw:" + LETTER, "say:", "want:^t6 .*\\n")
