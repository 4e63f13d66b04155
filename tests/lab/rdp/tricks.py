# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to RDP's negotiation: one packet each way."""
from attacker import Trick
from protocol import Protocol, answer, at_request, behind_acceptance, handshake_tricks, races, request_tricks, upgrade
from rdp import negotiation
from rdp.negotiation import ASKED, FAILED, SELECTED, TLS, block, confirm, parts, request

GRANT, OWN_SECURITY = confirm(block(SELECTED, TLS)), confirm(block(SELECTED, 0))
INJECTED = negotiation.tpkt(b"\x02\xf0\x80\x21\x80")      # MCS: I disconnect


class Rdp(Protocol):
    """One request, one answer. What follows is TLS, or none of our business."""

    begins = ()

    def unit(self, talk, from_client, data):
        return negotiation.size(data)

    def verb(self, unit):
        return b"TLS" if negotiation.kind(unit) == negotiation.REQUEST and parts(unit)[2] else b"other"

    def note(self, talk, asked, reply):
        talk.go_opaque(tls=parts(reply)[1] == SELECTED and parts(reply)[2] != 0)

    def answer(self, unit, text):
        return text


def ask(protocols):
    """Ask for other protocols in the client's name; None takes the whole negotiation out."""
    return lambda talk, unit: request(parts(unit)[0], b"" if protocols is None else block(ASKED, protocols))


def instead(text):
    """Change what the server answers to the request."""
    return lambda talk, asked, data: text if talk.protocol.asks(asked) else data


def inside(talk, unit):
    """TLS with the client; the server gets a client that wants none, and keeps its answer to himself."""
    talk.protocol.ask(talk, ask(0)(talk, unit))
    talk.tell_client(GRANT)
    talk.terminate_client_tls()
    talk.go_opaque(tls=False)


def outside(talk, unit):
    """The server has been asked already."""
    talk.tell_client(OWN_SECURITY)
    talk.go_opaque(tls=False)


PROTOCOL = Rdp(b"TLS", rb"(?s).*\x02.\x08\0\x01\0\0\0$", quietly=(request(b"", block(ASKED, TLS)),))

TRICKS = {"pass": Trick("forward everything")}
TRICKS.update(request_tricks("the request", GRANT, {
    "refuse-perm": OWN_SECURITY, "refuse-old": confirm(), "refuse-failure": confirm(block(FAILED, negotiation.SSL_NOT_ALLOWED)),
    "demand": confirm(block(FAILED, negotiation.HYBRID_REQUIRED)), "invalid": confirm(block(SELECTED, negotiation.CREDSSP_EX)),
    "invalid-kind": negotiation.tpkt(b"\x02\xf0\x80")}))
TRICKS.update(handshake_tricks())
TRICKS.update({
    "take-out": Trick("take the negotiation out of the request", command=at_request(ask(None))),
    "zero-mask": Trick("ask for RDP's own security in the client's name", command=at_request(ask(0))),
    "other-mask": Trick("ask for CredSSP alone in the client's name", command=at_request(ask(negotiation.CREDSSP))),
    "rewrite-answer": Trick("write RDP's own security over the TLS that the server selects", reply=instead(OWN_SECURITY)),
    "inject-command": Trick("put another packet behind the request", command=at_request(lambda talk, unit: unit + INJECTED)),
    "inject-response": Trick("put another packet behind the acceptance", reply=behind_acceptance(INJECTED)),
    "tls-to-client": Trick("TLS with the client, RDP's own security with the server", command=at_request(inside)),
    "tls-to-server": Trick("RDP's own security with the client, TLS with the server", first=upgrade,
                           command=at_request(outside)),
})
for name, what in (("refuse-perm", "answer that RDP's own security is selected"),
                   ("refuse-old", "answer like a server that knows no negotiation"),
                   ("refuse-failure", "answer that TLS is not allowed (failure 2)"),
                   ("demand", "answer that CredSSP is required (failure 5)"),
                   ("invalid", "select a protocol that the client did not ask for"),
                   ("invalid-kind", "answer with data where a confirm is due")):
    TRICKS[name].what = what
RACES = races(rb"(?s)\x03\0.{3}\xe0.*\x01\0\x08\0[\x01-\x1f]\0\0\0", GRANT, OWN_SECURITY)
