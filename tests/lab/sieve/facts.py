# SPDX-License-Identifier: GPL-2.0-or-later
"""What one ManageSieve session shows: a plain reading of its lines (RFC 5804)."""
import re

from reading import INVALID, PERMANENT, TEMPORARY, Reader
from wire import CLIENT, SERVER

TSHARK = {}
DECODE_AS = ()
LITERAL = re.compile(r"\{(\d+)\+?\}$")
STATUS = re.compile(r"(OK|NO|BYE)\b(.*)", re.I)


class Sieve(Reader):
    def __init__(self, session):
        super().__init__(session)
        self.asked.append("(greeting)")
        self.literal = {CLIENT: 0, SERVER: 0}
        self.continued = {CLIENT: False, SERVER: False}
        self.words, self.login, self.logged_in = [], False, False

    def unit(self, sender, data):
        return self.literal[sender] or super().unit(sender, data)

    def text(self, sender, unit):
        """A line; None inside literals and behind them."""
        if self.literal[sender]:
            self.literal[sender] = 0
            return None
        line = unit.rstrip(b"\r\n").decode("latin-1")
        found, was = LITERAL.search(line), self.continued[sender]
        self.literal[sender] = int(found.group(1)) if found else 0
        self.continued[sender] = bool(found)
        return None if was else line

    def client(self, unit):
        line = self.text(CLIENT, unit)
        if line is None:
            return
        if self.login:
            self.login = False
            self.give_secret(line)
            return
        verb = line.split(" ")[0].upper()
        self.between(farewell=verb == "LOGOUT")
        self.asked.append(verb)
        if verb == self.TOKEN:
            self.request()
        elif verb == "AUTHENTICATE":
            words = re.findall(r'"([^"]*)"|(\{\d+\+?\})', line)
            self.mechanism = words[0][0].upper()
            self.login = len(words) < 2
            if words[1:]:
                self.give_secret()

    def forget_request(self):
        self.asked.remove(self.TOKEN)

    def server(self, unit):
        line = self.text(SERVER, unit)
        if line is None:
            return
        status = STATUS.match(line)
        if not status and self.asked and self.asked[0] == self.TOKEN:
            self.asked.popleft()
            self.refused(INVALID)
        elif not status:
            self.words.append(re.findall(r'"([^"]*)"', line))
        else:
            words, self.words = self.words, []
            self.answer(self.asked.popleft() if self.asked else "", status.group(1).upper(), status.group(2), words)

    def answer(self, asked, status, rest, words):
        if asked in ("(greeting)", "CAPABILITY") and status == "OK":
            if not self.logged_in:
                self.listed(words)
        elif asked == "CAPABILITY":
            self.no_listing()
        elif asked == self.TOKEN and status == "OK":
            self.granted()
        elif asked == self.TOKEN:
            self.refused(TEMPORARY if "TRYLATER" in rest else PERMANENT, lawful=self.logged_in)
            if rest.startswith(" (REFERRAL "):
                self.facts.marks.add("cleartext-redirect")
        elif asked == "AUTHENTICATE":
            self.login = False
            self.logged_in |= status == "OK"
            demanded = "ENCRYPT-NEEDED" in rest
            self.facts.secret_exposed |= self.facts.credentials and (status == "OK" or demanded)
            if demanded:
                self.demands("login")
            elif status == "OK" and self.facts.credentials:
                self.done("login")
        elif asked in ("PUTSCRIPT", "GETSCRIPT") and status == "OK":
            self.facts.payload = True
        elif status == "NO":
            self.overwritten(asked)

    def listed(self, words):
        words = [w for w in words if w]
        self.listing([w[0].upper() for w in words])
        self.facts.mechanisms = next((set(w[1].split()) for w in words if w[0].upper() == "SASL" and w[1:]), None)
        if self.TOKEN not in self.facts.listings[-1] and any(w[0].upper() == "SASL" and w[1:] == [""] for w in words):
            self.facts.marks.add("cap-contradiction")


def read(session):
    return Sieve(session).read()


def against_tshark(session, facts):
    """tshark does not know the dialect."""
    return []
