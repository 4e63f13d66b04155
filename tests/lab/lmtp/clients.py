# SPDX-License-Identifier: GPL-2.0-or-later
"""Real LMTP clients and how each is started: SMTP's, told to speak LMTP."""
import start
from smtp import clients as smtp
from smtp.clients import FROM, PLAIN_MAIL, QUOTING_MAIL, talk  # noqa: F401


def swaks(*options):
    return smtp.swaks("--protocol", "LMTP", *options)


def postfix(level, tries=smtp.TRIES):
    return smtp.sending_postfix(level, tries, "lmtp")


def s_client():
    return start.s_client("-starttls", "lmtp", "-name", "console.example")


HELLO = ("want", "say:LHLO talk.example", "want")
MAIL = ("say:MAIL FROM:<%s>" % FROM, "want", "say:RCPT TO:<bob@example>", "want", "say:RCPT TO:<carol@example>",
        "want", "say:DATA", "want", "file:MAIL-FILE", "say:.", "want", "want")
BYE = ("say:QUIT", "want")
