# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in IRC (IRCv3 tls)."""
import re

from protocol import Protocol, policy_tricks, races, standard

MORE = re.compile(rb" CAP \S+ LS \* :")
ANSWER = re.compile(rb"\S+ (670|691|001) |ERROR")


class Irc(Protocol):
    """The client begins; only its CAP and its STARTTLS are sure of an answer."""

    begins = ()

    def is_command(self, talk, unit):
        return self.verb(unit) in (b"CAP", b"STARTTLS")

    def is_last(self, talk, asked, unit):
        return bool(ANSWER.match(unit)) if self.asks(asked) else not MORE.search(unit)


PROTOCOL = Irc(b"STARTTLS", rb"(?ms).*^\S+ 670 ", rb" (tls)(?= |\r)", login=rb"^\S+ 001 ", quietly=(b"STARTTLS\r\n",))

ACCEPT = b":irc.example 670 * :STARTTLS successful, go ahead with TLS handshake"
TRICKS = standard("STARTTLS", ACCEPT, {
    "refuse-perm": b":irc.example 691 * :STARTTLS failure",
    "refuse-unknown": b":irc.example 421 * STARTTLS :Unknown command",
}, asks=b"CAP", no_listing=b":irc.example 421 * CAP :Unknown command", injected=b"NICK forged\r\n",
    forged=b":irc.example NOTICE * :forged\r\n")
for trick, code in (("refuse-perm", "691"), ("refuse-unknown", "421"), ("refuse-listing", "421")):
    TRICKS[trick].what = TRICKS[trick].what.replace(":irc.example", code)
TRICKS.update(policy_tricks(demand=rb"sts=\S+ ?"))
RACES = races(rb"STARTTLS\r\n", ACCEPT + b"\r\n", b":irc.example 691 * :STARTTLS failure{fill}\r\n")
