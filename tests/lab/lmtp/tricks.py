# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in LMTP (RFC 2033): the same as in SMTP, but for the hello."""
from protocol import races
from smtp import tricks

PROTOCOL = tricks.protocol(b"LHLO")
TRICKS = tricks.tricks(b"LHLO")
RACES = races(rb"STARTTLS\r\n", b"220 2.0.0 Begin TLS negotiation now.\r\n", b"454 4.7.0 TLS not available{fill}\r\n")
