# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in NNTP (RFC 4642)."""
from protocol import Protocol, policy_tricks, races, standard

BLOCKS = (b"100", b"101", b"215", b"220", b"221", b"222", b"224", b"225", b"230", b"231")


class Nntp(Protocol):
    """Some codes have lines behind them, up to a dot."""

    def is_last(self, talk, asked, unit):
        return talk.reply[:3] not in BLOCKS or unit == b".\r\n"


PROTOCOL = Nntp(b"STARTTLS", rb"382", rb"^(STARTTLS)\r\n", login=rb"^281", quietly=(b"STARTTLS\r\n",))

TRICKS = standard("STARTTLS", b"382 Continue with TLS negotiation", {
    "refuse-temp": b"403 TLS is not available at the moment",
    "refuse-perm": b"580 Can not initiate TLS negotiation",
    "invalid": b"483 Encryption required",
}, asks=b"CAPABILITIES", no_listing=b"500 Unknown command", injected=b"DATE\r\n", forged=b"111 20260209000000\r\n")
TRICKS.update(policy_tricks(insists=rb"^483"))
RACES = races(rb"STARTTLS\r\n", b"382 Begin TLS negotiation now\r\n", b"580 no TLS{fill}\r\n")
