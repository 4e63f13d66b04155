# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in SMTP (RFC 3207)."""
import re

from attacker import Trick
from protocol import GREETING, Protocol, answer, listing, on, policy_tricks, races, standard, token


class Smtp(Protocol):
    def is_last(self, talk, asked, unit):
        return unit[3:4] != b"-"

    def ends_body(self, talk, unit):
        ended = super().ends_body(talk, unit)
        if ended:
            talk.asked.append(b".")
        return ended

    def note(self, talk, asked, reply):
        super().note(talk, asked, reply)
        talk.in_body |= self.verb(asked) == b"DATA" and reply[:3] == b"354"

    def tidy(self, reply):
        """Only the last line of a reply has a space behind its code (RFC 5321 section 4.2.1)."""
        lines = reply.splitlines(True)
        if len({line[:3] for line in lines}) > 1:
            return reply
        return b"".join(line[:3] + (b" " if i == len(lines) - 1 else b"-") + line[4:] if len(line) > 5 else line
                        for i, line in enumerate(lines))


def masked(talk, asked, reply):
    """As a firewall's mail inspection does it: stars for the banner, X and a letter for the token."""
    if asked == GREETING:
        return b"220 " + re.sub(rb"[^20 \r\n]", b"*", reply[4:].rstrip()) + b"\r\n"
    return listing(token(b"XXXXXXXA"))(talk, asked, reply)


def protocol(hello):
    return Smtp(b"STARTTLS", rb"220", rb"^250[- ](STARTTLS)\s*?\r\n",
                quietly=(hello + b" relay.example\r\n", b"STARTTLS\r\n"), again=(hello + b" relay.example\r\n",))


def tricks(hello):
    table = standard("STARTTLS", b"220 2.0.0 Ready to start TLS", {
        "refuse-454": b"454 4.7.0 TLS not available due to local problem",
        "refuse-501": b"501 5.5.4 Syntax error",
        "invalid-200": b"200 2.0.0 Ok",
    }, forged=b"250-mx.example\r\n250 AUTH PLAIN LOGIN\r\n")
    table.update(policy_tricks(insists=rb"^530 .*STARTTLS", weak=(rb"(?m)^(250.AUTH) .*?(\r?)$", rb"\1 PLAIN LOGIN\2")))
    table.update({
        "mask": Trick("mask banner and offer like a firewall's mail inspection", reply=masked),
        "refuse-ehlo": Trick("answer %s with 502" % hello.decode(),
                             command=on(hello, answer(b"502 5.5.1 Command not implemented"))),
        "mask-ehlo": Trick("overwrite %s on its way to the server" % hello.decode(),
                           command=on(hello, lambda talk, line: b"XXXX" + line[4:])),
    })
    return table


PROTOCOL = protocol(b"EHLO")
TRICKS = tricks(b"EHLO")
RACES = races(rb"(?i)STARTTLS\r\n", b"220 2.0.0 Ready to start TLS\r\n", b"454 4.7.0 TLS not available\r\n")
RACES["race-454"] = RACES.pop("race-refusal")
