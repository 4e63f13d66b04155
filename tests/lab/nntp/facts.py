# SPDX-License-Identifier: GPL-2.0-or-later
"""What one NNTP session shows: a plain reading of its lines (RFC 3977, 4642, 4643)."""
from reading import INVALID, PERMANENT, TEMPORARY, Reader, differences, hellos

TSHARK = {}
DECODE_AS = ()
BLOCKS = (100, 101, 215, 220, 221, 222, 224, 225, 230, 231)
CONTENT = (220, 221, 222, 224, 225)


class Nntp(Reader):
    LASTING = False             # MODE READER may change it

    def __init__(self, session):
        super().__init__(session)
        self.asked.append("(greeting)")
        self.block, self.logged_in, self.login = None, False, False

    def client(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        words = line.upper().split()
        self.between(farewell=words == ["QUIT"])
        if self.login:
            self.login = False
            self.give_secret(line)
            return
        self.asked.append(line)
        if words[:1] == [self.TOKEN]:
            self.request()
            self.facts.late |= self.logged_in
        elif words[:2] == ["AUTHINFO", "PASS"]:
            self.facts.credentials = True
        elif words[:2] == ["AUTHINFO", "SASL"]:
            self.mechanism = words[2]
            if words[3:]:
                self.give_secret(words[3])

    def forget_request(self):
        self.asked.remove(self.TOKEN)

    def server(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        if self.block is None:
            self.status(int(line[:3]), line)
        elif line != ".":
            self.block.append(line)
        else:
            words, self.block = [w.upper().split(" ") for w in self.block], None
            if self.asked.popleft().upper().startswith("CAPABILITIES") and not self.logged_in:
                self.listing([w[0] for w in words])
                self.facts.mechanisms = next((set(w[1:]) for w in words if w[0] == "SASL"), None)

    def status(self, code, line):
        asked = self.asked[0].upper() if self.asked else ""
        words = asked.split() + ["", ""]
        if code in BLOCKS:
            self.block = []
            self.facts.payload |= code in CONTENT
            return
        if code == 383:
            self.login = True
            return
        if self.asked:
            self.asked.popleft()
        if words[0] == self.TOKEN:
            self.answer(code)
        elif words[0] == "CAPABILITIES":
            self.no_listing()
        elif words[0] == "AUTHINFO":
            self.logged_in |= code in (281, 283)
            self.facts.secret_exposed |= self.facts.credentials and code in (281, 283, 483)
            if code == 483:
                self.demands("login")
            elif code == 281 and self.facts.credentials:
                self.done("login")
        elif code == 500:
            self.overwritten(words[0])

    def answer(self, code):
        if code == 382:
            self.granted()
        elif code in (480, 483) or code // 100 not in (4, 5):
            self.refused(INVALID)
        else:
            self.refused(TEMPORARY if code < 500 else PERMANENT, lawful=self.logged_in or code in (400, 501))


def read(session):
    return Nntp(session).read()


def against_tshark(session, facts):
    """tshark tells no request from another; it hears the handshake."""
    return differences(facts, hellos(session)) if facts.accepted else []
