# SPDX-License-Identifier: GPL-2.0-or-later
"""What one FTP session's control connection shows (RFC 959, 2389, 4217)."""
import re

from reading import INVALID, PERMANENT, TEMPORARY, Reader, differences, hellos

TSHARK = {"requests": "ftp.request.command", "arguments": "ftp.request.arg"}
DECODE_AS = ()
CONTENT = ("RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD")
MECHANISMS = ("TLS", "SSL", "TLS-C", "TLS-P")
DEMAND = re.compile(r"\b(TLS|SSL|AUTH|encryption|secure)\b", re.I)


class Ftp(Reader):
    TOKEN = "AUTH TLS"
    LASTING = False             # HOST may change it

    def __init__(self, session):
        super().__init__(session)
        self.asked.append("(greeting)")
        self.lines, self.user, self.logged_in = [], "", False

    def client(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        words = line.split(" ")
        verb = words[0].upper()
        self.between(farewell=verb == "QUIT")
        self.asked.append(line)
        if verb == "AUTH" and (words + [""])[1].upper() in MECHANISMS:
            self.request()
        elif verb == "USER":
            self.user = line[5:]
        elif verb == "PASS" and not self.anonymous():
            self.facts.credentials = True

    def anonymous(self):
        return self.user.lower() in ("anonymous", "ftp")

    def forget_request(self):
        self.asked.remove(next(a for a in self.asked if a.upper().startswith("AUTH ")))

    def server(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        self.lines.append(line)
        if not re.match(r"\d{3} ", line) or line[:3] != self.lines[0][:3]:
            return
        lines, self.lines = self.lines, []
        if line[:1] != "1":
            self.answer(self.asked.popleft() if self.asked else "", int(line[:3]), lines)
        elif self.asked and self.asked[0].split(" ")[0].upper() in CONTENT:
            self.facts.payload = True
            self.facts.payload_tells = not self.anonymous()

    def answer(self, asked, code, lines):
        verb = asked.split(" ")[0].upper()
        if verb == "FEAT":
            if code == 211:
                self.listing([line.strip().upper() for line in lines[1:-1]])
            elif code >= 500:
                self.no_listing()
        elif verb == "AUTH":
            if code == 500 and "XXXX" in lines[-1]:
                self.facts.marks.add("cmd-corrupted")       # the server quotes what reached it
            if code == 234:
                self.granted()
            else:
                self.refused({4: TEMPORARY, 5: PERMANENT}.get(code // 100, INVALID), lawful=self.logged_in)
        elif verb == "USER" and code in (503, 530, 534, 550) and DEMAND.search(lines[-1]):
            self.demands("login")
        elif verb == "PASS":
            self.logged_in = code == 230
            if code == 230 and self.facts.credentials:
                self.done("login")
            demanded = code in (503, 530, 534, 550) and DEMAND.search(lines[-1])
            self.facts.secret_exposed |= bool(self.facts.credentials and (code == 230 or demanded))
        elif code in (500, 502):
            self.overwritten(verb)


def read(session):
    return Ftp(session).read()


def against_tshark(session, facts):
    seen = session.tshark
    theirs = {"requested": "AUTH" in [r.upper() for r in seen["requests"]]}
    if "SSL" not in seen["arguments"] and "tls" not in seen["arguments"]:
        theirs.update(hellos(session))          # tshark hears nothing but "AUTH TLS"
    return differences(facts, theirs)
