# SPDX-License-Identifier: GPL-2.0-or-later
"""What one LMTP session shows: SMTP with LHLO, and a reply for each recipient (RFC 2033)."""
from smtp import facts as smtp

TSHARK = smtp.TSHARK
DECODE_AS = ("tcp.port==24,smtp",)


class Lmtp(smtp.Smtp):
    LISTS, OLD_HELLO = "LHLO", "(none)"

    def __init__(self, session):
        super().__init__(session)
        self.recipients = 0

    def answer(self, asked, lines):
        super().answer(asked, lines)
        if asked.upper().startswith("RCPT ") and lines[-1][:1] == "2":
            self.recipients += 1
        elif asked == "(body)" and self.recipients > 1:
            self.recipients -= 1
            self.asked.appendleft("(body)")


def read(session):
    return Lmtp(session).read()


def against_tshark(session, facts):
    return smtp.against_tshark(session, facts)
