# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to PostgreSQL's SSLRequest."""
import re

from attacker import Trick
from protocol import Protocol, answer, at_request, behind_acceptance, handshake_tricks, races, request_tricks, then_tls
from protocol import upgrade

SSL_REQUEST = bytes.fromhex("0000000804d2162f")
REFUSED = b"SFATAL\0VFATAL\0C08P01\0Munsupported frontend protocol\0\0"
ERROR = b"E" + (len(REFUSED) + 4).to_bytes(4, "big") + REFUSED


class Postgresql(Protocol):
    """The first messages have no type: the client's is a length and a number, the answer one byte."""

    begins = ()

    def unit(self, talk, from_client, data):
        if from_client:
            return int.from_bytes(data[:4], "big") if len(data) >= 8 else 0
        return 1

    def verb(self, unit):
        return unit

    def note(self, talk, asked, reply):
        super().note(talk, asked, reply)
        if not self.asks(asked):
            talk.go_opaque(tls=False)

    def answer(self, unit, text):
        return text


def startup(act):
    """The first message that is none of the requests ends our interest."""
    def command(talk, unit):
        if talk.protocol.asks(unit) or len(unit) == 8:
            return act(talk, unit)
        talk.go_opaque(tls=False)
        return unit
    return command


PROTOCOL = Postgresql(SSL_REQUEST, rb"S", quietly=(SSL_REQUEST,))

TRICKS = {"pass": Trick("forward everything")}
TRICKS.update(request_tricks("SSLRequest", b"S", {"refuse-perm": b"N", "invalid": ERROR, "invalid-byte": b"X"}))
TRICKS.update(handshake_tricks())
TRICKS.update({
    "inject-response": Trick("put an error behind the S", reply=behind_acceptance(ERROR)),
    "inject-command": Trick("put another request behind SSLRequest",
                            command=at_request(lambda talk, unit: unit + SSL_REQUEST)),
    "tls-to-client": Trick("TLS with the client, clear text to the server", command=at_request(then_tls(b"S"))),
    "tls-to-server": Trick("clear text with the client, TLS to the server", first=upgrade,
                           command=at_request(answer(b"N"))),
})
TRICKS["invalid"].what = "answer SSLRequest with an error message"
TRICKS["invalid-byte"].what = "answer SSLRequest with X"
TRICKS["refuse-perm"].what = "answer SSLRequest with N"
for trick in TRICKS.values():
    trick.command = startup(trick.command)
RACES = races(re.escape(SSL_REQUEST), b"S", b"N")
