# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STLS in POP3 (RFC 2595 section 4)."""
from protocol import Protocol, policy_tricks, races, standard


class Pop3(Protocol):
    def is_last(self, talk, asked, unit):
        """The listing ends with a dot, unless it was refused."""
        if self.verb(asked) == b"CAPA" and not talk.reply.startswith(b"-ERR"):
            return unit == b".\r\n"
        return True


PROTOCOL = Pop3(b"STLS", rb"\+OK", rb"^(STLS)\r\n", login=rb"^\+OK Logged in", quietly=(b"STLS\r\n",))

TRICKS = standard("STLS", b"+OK Begin TLS negotiation now.", {
    "refuse-temp": b"-ERR [SYS/TEMP] TLS is not available at the moment.",
    "refuse-perm": b"-ERR Unknown command.",
    "invalid": b"220 Ready to start TLS",
}, asks=b"CAPA", no_listing=b"-ERR Unknown command.", injected=b"CAPA\r\n", forged=b"+OK forged\r\n")
TRICKS.update(policy_tricks(insists=rb"^-ERR \[AUTH\] Plaintext", weak=(rb"(?m)^SASL .*?(\r)$", rb"SASL PLAIN LOGIN\1")))
RACES = races(rb"STLS\r\n", b"+OK Begin TLS negotiation now.\r\n", b"-ERR no TLS{fill}\r\n")
