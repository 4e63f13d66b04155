# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to AUTH TLS in FTP (RFC 4217)."""
import re

from attacker import Trick
from protocol import Protocol, at_request, policy_tricks, races, standard


class Ftp(Protocol):
    def is_last(self, talk, asked, unit):
        return re.match(rb"\d{3} ", unit) is not None and unit[:3] == talk.reply[:3]


PROTOCOL = Ftp(b"AUTH", rb"234", rb"^ (AUTH TLS)[^\r\n]*\r\n", login=rb"^230", quietly=(b"AUTH TLS\r\n",))

TRICKS = standard("AUTH TLS", b"234 AUTH TLS successful", {
    "refuse-temp": b"431 Unable to accept security mechanism",
    "refuse-perm": b"500 AUTH not understood",
    "refuse-policy": b"534 Local policy on server does not allow TLS secure connections.",
    "invalid": b"200 AUTH command successful",
}, asks=b"FEAT", no_listing=b"500 FEAT not understood", forged=b"220 forged\r\n")
TRICKS["overwrite"] = Trick("overwrite AUTH on its way to the server",
                            command=at_request(lambda talk, unit: b"XXXX" + unit[4:]))
TRICKS.update(policy_tricks(insists=rb"^550 SSL/TLS required"))
RACES = races(rb"AUTH TLS\r\n", b"234 AUTH TLS successful\r\n", b"500 not understood{fill}\r\n")
