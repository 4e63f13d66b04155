# SPDX-License-Identifier: GPL-2.0-or-later
"""What one IMAP session shows: a plain reading of its lines (RFC 9051, 3501, 4959, 7888)."""
import re

from reading import INVALID, PERMANENT, TEMPORARY, Reader, differences, hellos
from wire import CLIENT

TSHARK = {"requests": "imap.request.command"}
DECODE_AS = ()
LITERAL = re.compile(r"\{(\d+)\+?\}$")
CONTENT = ("FETCH", "APPEND", "UID")
MAILBOX = ("LIST", "LSUB", "STATUS", "FLAGS", "SEARCH", "EXISTS", "RECENT", "FETCH", "EXPUNGE")


class Imap(Reader):
    def __init__(self, session):
        super().__init__(session)
        self.begun, self.verbs, self.literal = False, {}, {}
        self.login = self.in_literal = self.logged_in = False
        self.request_tag, self.tag = "", ""

    def unit(self, sender, data):
        """A line, or a literal."""
        return self.literal.get(sender) or super().unit(sender, data)

    def text(self, sender, unit):
        """The line; None inside and behind literals, where nothing is protocol to us."""
        line = unit.rstrip(b"\r\n").decode("latin-1")
        inside = self.literal.pop(sender, 0)
        continued = getattr(self, "continued_" + sender, False)
        if inside:
            return None
        found = LITERAL.search(line)
        self.literal.update({sender: int(found.group(1))} if found and int(found.group(1)) else {})
        setattr(self, "continued_" + sender, bool(found))
        return None if continued else line

    def client(self, unit):
        line = self.text(CLIENT, unit)
        if line is None:
            return
        if self.login:
            self.give_secret(line)
            return
        words = line.split(" ") + ["", "", ""]
        self.tag, verb = words[0], words[1].upper()
        self.between(farewell=verb == "LOGOUT")
        self.verbs[self.tag] = verb
        if verb == self.TOKEN:
            self.request()
            self.request_tag = self.tag
        elif verb == "LOGIN":
            self.mechanism = "LOGIN"
            self.facts.credentials |= bool(words[3]) or bool(LITERAL.search(line))
        elif verb == "AUTHENTICATE":
            self.mechanism = words[2].upper()
            if words[3]:
                self.give_secret(words[3])

    def forget_request(self):
        self.request_tag = ""

    def server(self, unit):
        line = self.text("server", unit)
        if line is None:
            return
        words = [w.upper() for w in line.split(" ")] + ["", ""]
        code = re.search(r"\[CAPABILITY ([^]]*)\]", line, re.I)
        if not self.begun:
            self.begun = True
            if words[1] == "PREAUTH":
                self.facts.marks.add("preauth-greeting")
                self.logged_in = True
            elif code:
                self.greeting(code.group(1).upper().split())
        elif words[:2] == ["*", "CAPABILITY"] and not self.logging_in():
            self.listing(words[2:-2])
        elif words[0] == "+":
            self.login = self.verbs.get(self.tag) == "AUTHENTICATE"
        elif words[0] != "*" and words[1] in ("OK", "NO", "BAD") and self.waiting_since and words[0] not in self.tags():
            self.refused(INVALID)
        elif line.split(" ")[0] in self.verbs:
            self.answer(line.split(" ")[0], words[1], line)
        if words[0] == "*" and words[2] == "FETCH":
            self.facts.payload = True
        if words[0] == "*" and not self.logged_in and (words[1] in MAILBOX or words[2] in MAILBOX):
            self.facts.marks.add("premature-untagged")

    def tags(self):
        return [tag.upper() for tag in self.verbs]

    def logging_in(self):
        """A listing from the login on may lack the offer."""
        return self.logged_in or self.verbs.get(self.tag) in ("LOGIN", "AUTHENTICATE")

    def listing(self, words):
        super().listing(words)
        self.about_logins(words)
        if "LOGINDISABLED" in words and self.TOKEN not in words and not any(w.startswith("AUTH=") for w in words):
            self.facts.marks.add("cap-contradiction")

    def about_logins(self, words):
        self.facts.insists = "LOGINDISABLED" in words
        self.facts.mechanisms = {w[5:] for w in words if w.startswith("AUTH=")} or None
        if self.facts.insists:
            self.demands("login")

    def greeting(self, words):
        """The greeting's listing may be short: what it lacks may still come."""
        self.about_logins(words)
        if self.TOKEN in words:
            self.listing(words)
        else:
            self.facts.offered = False

    def answer(self, tag, status, line):
        verb = self.verbs.pop(tag)
        if tag == self.request_tag:
            self.request_tag = ""
            if self.facts.refusal == INVALID:
                return
            if "[REFERRAL " in line:
                self.facts.marks.add("cleartext-redirect")
            if status == "OK":
                self.granted()
            else:
                self.refused(TEMPORARY if status == "NO" else PERMANENT)
        elif verb == "CAPABILITY" and status == "BAD":
            self.no_listing()
        elif verb in ("LOGIN", "AUTHENTICATE"):
            self.login = False
            self.logged_in |= status == "OK"
            demanded = "PRIVACYREQUIRED" in line
            self.facts.secret_exposed |= self.facts.credentials and (status == "OK" or demanded)
            if demanded:
                self.demands("login")
            elif status == "OK" and self.facts.credentials:
                self.done("login")
        elif verb in ("APPEND",) and status == "OK":
            self.facts.payload = True
        elif status == "BAD":
            self.overwritten(verb)


def read(session):
    return Imap(session).read()


def against_tshark(session, facts):
    seen = session.tshark
    theirs = {"requested": any(r.upper() == "STARTTLS" for r in seen["requests"]), **hellos(session)}
    return differences(facts, theirs)
