# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in IMAP (RFC 9051 section 6.2.1)."""
import re

from attacker import Trick
from protocol import GREETING, Protocol, standard


class Imap(Protocol):
    """Commands have tags: the reply ends with the line that carries the command's."""

    def tag(self, unit):
        return unit.split(b" ")[0]

    def verb(self, unit):
        return (unit.split() + [b"", b""])[1].upper()

    def is_last(self, talk, asked, unit):
        return asked in (GREETING, b"") or unit[:1] == b"+" or self.tag(unit) == self.tag(asked)

    def is_command(self, talk, unit):
        """The answer to a challenge is none."""
        return not talk.continued

    def note(self, talk, asked, reply):
        super().note(talk, asked, reply)
        talk.continued = reply[:1] == b"+"

    def answer(self, unit, text):
        return text.replace(b"{tag}", self.tag(unit)) + b"\r\n"


PROTOCOL = Imap(b"STARTTLS", rb"\S+ OK", rb" (STARTTLS)\b", login=rb"^\S+ OK \[CAPABILITY[^]]*\] Logged in|^\S+ OK Logged in",
                quietly=(b"q1 STARTTLS\r\n",))

TRICKS = standard("STARTTLS", b"{tag} OK Begin TLS negotiation now.", {
    "refuse-temp": b"{tag} NO TLS is not available at the moment.",
    "refuse-perm": b"{tag} BAD Unknown command.",
    "invalid": b"x{tag} OK Begin TLS negotiation now.",
    "untagged": b"* OK Begin TLS negotiation now.",
}, asks=b"CAPABILITY", no_listing=b"{tag} BAD Unknown command.", injected=b"i1 NOOP\r\n",
    forged=b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")


def bare_greeting(talk, asked, data):
    return re.sub(rb" \[CAPABILITY[^]]*\]", b"", data) if asked == GREETING else data


for name in ("refuse-listing", "mask-listing"):
    TRICKS[name].reply = bare_greeting
TRICKS["preauth"] = Trick("say in the greeting that the client is logged in already",
                          reply=lambda talk, asked, data: re.sub(rb"^\* OK", b"* PREAUTH",
                                                                 bare_greeting(talk, asked, data))
                          if asked == GREETING else data)
