# SPDX-License-Identifier: GPL-2.0-or-later
"""What one POP3 session shows: a plain reading of its lines (RFC 1939, 2449, 2595, 5034)."""
from reading import INVALID, PERMANENT, TEMPORARY, Reader, differences, hellos

TSHARK = {"requests": "pop.request.command"}
DECODE_AS = ()
BLOCKS = ("CAPA", "RETR", "TOP", "LIST", "UIDL")


class Pop3(Reader):
    TOKEN = "STLS"
    LASTING = False

    def __init__(self, session):
        super().__init__(session)
        self.asked.append("(greeting)")
        self.block, self.lines = None, []
        self.login = self.logged_in = False

    def client(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        if self.login:
            self.give_secret(line)
            self.asked.append("AUTH")
            self.login = False
            return
        words = line.split(" ")
        verb = words[0].upper()
        self.between(farewell=verb == "QUIT")
        self.asked.append(line)
        if verb == self.TOKEN:
            self.request()
        elif verb == "PASS":
            self.facts.credentials = True
        elif verb == "AUTH":
            self.mechanism = (words + [""])[1].upper()
            if words[2:]:
                self.give_secret(words[2])

    def forget_request(self):
        self.asked.remove(next(a for a in self.asked if a.upper() == self.TOKEN))

    def server(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        if self.block:
            if line == ".":
                self.ended(self.block, self.lines)
                self.block, self.lines = None, []
            self.lines.append(line)
            return
        asked = self.asked.popleft() if self.asked else ""
        words = asked.split(" ")
        verb = words[0].upper()
        good = line.startswith("+OK")
        if verb == self.TOKEN:
            self.upgrade(line)
        elif good and verb in BLOCKS and (verb not in ("LIST", "UIDL") or not words[1:]):
            self.block, self.lines = verb, []
        elif verb == "CAPA":
            self.no_listing()
        elif verb in ("PASS", "AUTH"):
            self.login = line.startswith("+ ")
            self.logged_in |= good
            self.facts.secret_exposed |= self.facts.credentials and good
            if good and self.facts.credentials:
                self.done("login")
        elif verb == "USER" and line.startswith("-ERR [AUTH] Plaintext"):
            self.demands("login")
        elif line.startswith("-ERR"):
            self.overwritten(verb)

    def ended(self, verb, lines):
        if verb == "CAPA" and not self.logged_in:
            words = [line.upper().split(" ") for line in lines]
            self.listing([w[0] for w in words])
            self.facts.mechanisms = next((set(w[1:]) for w in words if w[0] == "SASL"), set()) or None
        elif verb in ("RETR", "TOP"):
            self.facts.payload = True

    def upgrade(self, line):
        if line.startswith("+OK"):
            self.granted()
        elif line.startswith("-ERR"):
            self.refused(TEMPORARY if "[SYS/TEMP]" in line else PERMANENT, lawful=self.logged_in)
        else:
            self.refused(INVALID)


def read(session):
    return Pop3(session).read()


def against_tshark(session, facts):
    theirs = {"requested": any(r.upper() == "STLS" for r in session.tshark["requests"]), **hellos(session)}
    return differences(facts, theirs)
