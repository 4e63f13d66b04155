# SPDX-License-Identifier: GPL-2.0-or-later
"""What one RDP session shows: its negotiation. RDP's own security follows a refusal, and is not read."""
from rdp import negotiation
from reading import INVALID, PERMANENT, Reader, differences

TSHARK = {"asked": "rdp.negReq.requestedProtocols", "selected": "rdp.negReq.selectedProtocol"}
DECODE_AS = ()
# The server asks for more than the client would do, or blames it: none of these refuses TLS.
LAWFUL = (negotiation.SSL_REQUIRED, negotiation.INCONSISTENT_FLAGS, negotiation.HYBRID_REQUIRED,
          negotiation.USER_AUTH_REQUIRED)


class Rdp(Reader):
    """No listing: whether TLS is to be had shows in the answer to the request."""

    def __init__(self, session):
        super().__init__(session)
        self.begun = self.answered = False
        self.mask = 0

    def unit(self, sender, data):
        return negotiation.size(data)

    def step(self, sender):
        if self.answered and not self.tls:
            self.unread[sender] = b""
        return super().step(sender)

    def client(self, unit):
        self.between(farewell=negotiation.kind(unit) == negotiation.DISCONNECT)
        if not self.begun and negotiation.kind(unit) == negotiation.REQUEST:
            self.begun = True
            _, kind, self.mask = negotiation.parts(unit)
            if kind == negotiation.ASKED and self.mask:
                self.request()

    def forget_request(self):
        self.answered = True

    def server(self, unit):
        first, self.answered = not self.answered, True
        if not first or not self.facts.requested:
            return
        _, kind, value = negotiation.parts(unit)
        if negotiation.kind(unit) != negotiation.CONFIRM:
            self.refused(INVALID)
        elif kind == negotiation.FAILED:
            self.refused(PERMANENT, lawful=value in LAWFUL)
        elif not value:
            self.refused(PERMANENT)
        elif value & ~self.mask:
            self.refused(INVALID)
        else:
            self.granted()


def read(session):
    return Rdp(session).read()


def against_tshark(session, facts):
    """tshark's TPKT dissector keeps the port to itself: it sees no TLS there."""
    asked, selected = (any(int(x, 0) for x in session.tshark[name]) for name in ("asked", "selected"))
    return differences(facts, {"requested": asked, **({} if facts.refusal == INVALID else {"accepted": selected})})
