# SPDX-License-Identifier: GPL-2.0-or-later
"""What one SMTP session shows: a plain reading of its lines (RFC 5321, 3207, 3030, 4954)."""
import re

from reading import INVALID, PERMANENT, TEMPORARY, Reader, differences, hellos
from wire import CLIENT

TSHARK = {"requests": "smtp.command_line", "listing": "smtp.rsp.parameter"}
DECODE_AS = ()
PRIVACY_CODES = (530, 538)


class Smtp(Reader):
    LISTS, OLD_HELLO = "EHLO", "HELO"

    def __init__(self, session):
        super().__init__(session)
        self.asked.append("(greeting)")
        self.lines = []
        self.body = self.login = self.with_argument = False
        self.chunk = 0

    def unit(self, sender, data):
        if sender == CLIENT and self.chunk:
            return min(self.chunk, len(data))
        return super().unit(sender, data)

    def client(self, unit):
        if self.chunk:
            self.chunk -= len(unit)
            return
        line = unit.rstrip(b"\r\n").decode("latin-1")
        if self.body:
            self.body = line != "."
            if not self.body:
                self.asked.append("(body)")
            return
        if self.login:
            self.login = False
            self.asked.append("(login)")
            self.give_secret(line)
            return
        words = line.split(" ")
        word = words[0].upper()
        self.between(farewell=word == "QUIT")
        self.asked.append(line)
        if word == self.TOKEN:
            self.request()
            self.with_argument = bool(words[1:])
        elif word == "AUTH":
            self.mechanism = (words + [""])[1].upper()
            if len(words) > 2:
                self.give_secret(words[2])
        elif word == "BDAT":
            self.chunk = int(words[1])

    def forget_request(self):
        for i in [i for i, a in enumerate(self.asked) if a.upper() == self.TOKEN]:
            del self.asked[i]

    def server(self, unit):
        line = unit.rstrip(b"\r\n").decode("latin-1")
        self.lines.append(line)
        if line[3:4] != "-":
            lines, self.lines = self.lines, []
            self.answer(self.asked.popleft() if self.asked else "", lines)

    def answer(self, asked, lines):
        code = int(lines[-1][:3]) if lines[-1][:3].isdigit() else 0
        word = asked.split(" ")[0].upper()
        if word in (self.LISTS, self.OLD_HELLO):
            self.greeted(word, code, lines)
        elif word == self.TOKEN:
            self.upgrade(code)
        elif word == "AUTH" or asked == "(login)":
            self.logged_in(code)
        elif word == "DATA" and code == 354:
            self.body = True
        elif asked == "(body)" or word == "BDAT":
            self.facts.payload |= code == 250
        elif code in (500, 502):
            self.overwritten(word)
        if code == 530 and self.TOKEN in lines[-1]:
            self.demands(word)
            if self.facts.listings and self.TOKEN not in self.facts.listings[-1]:
                self.facts.marks.add("cap-contradiction")
        elif code // 100 == 2:
            self.done(word)

    def greeted(self, word, code, lines):
        if word == self.OLD_HELLO or code >= 500:
            self.no_listing()
        elif code == 250:
            words = [line[4:].upper().split(" ") for line in lines[1:]]
            self.listing([w[0] for w in words])
            self.facts.mechanisms = next((set(w[1:]) for w in words if w[0] == "AUTH"), None)

    def upgrade(self, code):
        if code == 220:
            self.granted()
        else:
            how = {4: TEMPORARY, 5: PERMANENT}.get(code // 100, INVALID)
            self.refused(how, lawful=code == 501 and self.with_argument)

    def logged_in(self, code):
        if code == 334:
            self.login = True
        elif self.facts.credentials and (code == 235 or code in PRIVACY_CODES):
            self.facts.secret_exposed = True


def read(session):
    return Smtp(session).read()


def against_tshark(session, facts, token=Smtp.TOKEN):
    seen = session.tshark
    return differences(facts, {"requested": any(re.match(token + r"\b", r, re.I) for r in seen["requests"]),
                               "offered": token in [r.upper() for r in seen["listing"]], **hellos(session)})
