# SPDX-License-Identifier: GPL-2.0-or-later
"""What one IRC session shows: a plain reading of its messages (RFC 2812, IRCv3 capabilities and tls)."""
import re

from case import HISTORY
from reading import PERMANENT, Reader, differences, hellos

TSHARK = {"requests": "irc.request.command"}
DECODE_AS = ()
MESSAGE = re.compile(r"(?:@\S+ +)?(?::(\S+) +)?(\S+) *(.*)")
UNKNOWN = ("421", "451", "462")


class Irc(Reader):
    TOKEN = "tls"
    LASTING = False
    MISSPELLS = False           # three letters are near to too many words

    def __init__(self, session):
        super().__init__(session)
        self.facts.login_tells, self.facts.payload_tells = HISTORY, False
        self.words, self.asks, self.behind, self.registered = [], False, False, False

    def message(self, unit):
        line = unit.decode("latin-1").strip()
        prefix, verb, rest = MESSAGE.match(line).groups() if line else ("", "", "")
        return prefix or "", verb.upper(), rest

    def client(self, unit):
        _, verb, _ = self.message(unit)
        if self.asks:
            self.behind |= self.when - self.waiting_since <= 2
        else:
            self.between(farewell=verb == "QUIT")
        if verb == "STARTTLS":
            self.request()
            self.asks = True
            self.facts.late |= self.registered
        elif verb in ("OPER", "PASS"):
            self.facts.credentials = self.facts.secret_exposed = True
        elif verb in ("PRIVMSG", "NOTICE"):
            self.facts.payload = True

    def server(self, unit):
        prefix, verb, rest = self.message(unit)
        named = rest.split()[1:2]
        if verb == "CAP":
            self.capabilities(rest)
        elif verb == "670":
            self.answer(True)
        elif verb == "691" or verb in UNKNOWN and named == ["STARTTLS"]:
            self.answer(False)
        elif verb == "421" and named == ["CAP"]:
            self.no_listing()
        elif verb == "421" and named and re.match(r"X{3,}$", named[0]):
            self.facts.marks.add("cmd-corrupted")
        elif verb == "001":
            self.registered = True
        elif verb in ("PRIVMSG", "NOTICE") and "!" in prefix:
            self.facts.payload = True

    def capabilities(self, rest):
        head, _, words = rest.partition(" :")
        if head.split()[1:2] != ["LS"]:
            return
        self.words += [w.split("=")[0] for w in words.split()]
        if head.split()[2:] != ["*"]:
            self.listing(self.words)
            self.facts.insists, self.words = "sts" in self.words, []

    def answer(self, granted):
        """What came behind the request was for the server only if that has read it."""
        if granted:
            self.facts.marks |= {"injected-command"} if self.behind else set()
            self.granted()
        else:
            self.refused(PERMANENT, lawful=self.registered)
        self.asks = self.behind = False


def read(session):
    return Irc(session).read()


def against_tshark(session, facts):
    theirs = {"requested": "STARTTLS" in [r.upper() for r in session.tshark["requests"]]}
    return differences(facts, theirs)
