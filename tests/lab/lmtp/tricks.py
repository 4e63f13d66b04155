# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to STARTTLS in LMTP (RFC 2033): the same as in SMTP, but for the hello."""
from smtp import tricks

PROTOCOL = tricks.protocol(b"LHLO")
TRICKS = tricks.tricks(b"LHLO")
