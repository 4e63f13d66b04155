# SPDX-License-Identifier: GPL-2.0-or-later
"""What one SMTP session shows: a plain reading of its lines (RFC 5321, 3207, 3030, 4954)."""
import collections
import re

from wire import CLIENT, SERVER

HANDSHAKE, ALERT, CIPHER_CHANGE, APPLICATION = 22, 21, 20, 23
FLIGHT_SECONDS = 2
TOKEN = "STARTTLS"
MASKED = re.compile(r"^[X*]{7}[A-Z*]$")
SECRET_MECHANISMS = ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")
PRIVACY_CODES = (530, 538)


def distance(a, b):
    """How many letters to change, add, remove or swap to make one word the other."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def near(word):
    return word != TOKEN and not word.startswith("X-") and len(word) > 5 and distance(word, TOKEN) <= 2


class Facts:
    """Answers to the questions of the corpus; None means that the capture does not say."""

    def __init__(self):
        self.offered = self.accepted = None
        self.requested = self.established = self.credentials = False
        self.listings = []
        self.reply = ""
        self.secret_exposed = self.payload = False
        self.hello = self.server_hello = False
        self.marks = set()          # names of what is odd, as the decision table calls it


class Reader:
    """Reads the pieces of a session in the order of the wire."""

    def __init__(self, session):
        self.session, self.facts = session, Facts()
        self.unread = {CLIENT: b"", SERVER: b""}
        self.asked = collections.deque(["(greeting)"])
        self.lines = []
        self.body = self.login = False
        self.mechanism, self.chunk = "", 0
        self.tls = False
        self.waiting_since = None
        self.records = {CLIENT: [], SERVER: []}

    def read(self):
        for when, sender, data in self.session.data:
            self.unread[sender] += data
            self.client(when) if sender == CLIENT else self.server()
        self.handshake()
        return self.facts

    def line(self, sender):
        line, found, rest = self.unread[sender].partition(b"\n")
        if not found:
            return None
        self.unread[sender] = rest
        return line.rstrip(b"\r").decode("latin-1")

    # The client's side.

    def client(self, when):
        while self.unread[CLIENT]:
            if self.looks_like_tls(CLIENT):
                self.facts.hello = True
                return
            if self.tls and self.unread[CLIENT][:1] == b"\x16":
                return
            if self.chunk:
                taken = self.unread[CLIENT][:self.chunk]
                self.unread[CLIENT] = self.unread[CLIENT][len(taken):]
                self.chunk -= len(taken)
                continue
            line = self.line(CLIENT)
            if line is None:
                return
            self.command(when, line)

    def looks_like_tls(self, sender):
        return re.match(rb"[\x14-\x17]\x03", self.unread[sender]) is not None

    def command(self, when, line):
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
        word = line.split(" ")[0].upper()
        self.between(when, word)
        self.asked.append(line)
        if word == TOKEN:
            self.facts.requested, self.waiting_since = True, when
            self.facts.marks |= {"with-argument"} if line.split(" ")[1:] else set()
        elif word == "AUTH":
            self.mechanism = (line.split(" ") + [""])[1].upper()
            if len(line.split(" ")) > 2:
                self.give_secret(line.split(" ")[2])
        elif word == "BDAT":
            self.chunk = int(line.split(" ")[1])

    def between(self, when, word):
        """A command where TLS was to be: behind the request, or behind the go-ahead."""
        if self.waiting_since is not None:
            if word == "QUIT":
                return
            if when - self.waiting_since <= FLIGHT_SECONDS:
                self.facts.marks.add("injected-command")
            else:
                self.asked = collections.deque(a for a in self.asked if a.upper() != TOKEN)
            self.waiting_since = None
        elif self.tls:
            self.tls = False
            self.facts.marks.add("accept-no-tls" if word == "QUIT" else "plaintext-after-accept")

    def give_secret(self, word):
        if self.mechanism in SECRET_MECHANISMS and word != "*":
            self.facts.credentials = True

    # The server's side.

    def server(self):
        while self.unread[SERVER] and not self.looks_like_tls(SERVER):
            line = self.line(SERVER)
            if line is None:
                return
            if self.tls and not self.facts.hello:
                self.facts.marks.add("injected-response")
                continue
            self.lines.append(line)
            if line[3:4] != "-":
                lines, self.lines = self.lines, []
                self.answer(self.asked.popleft() if self.asked else "", lines)

    def answer(self, asked, lines):
        code = int(lines[-1][:3]) if lines[-1][:3].isdigit() else 0
        word = asked.split(" ")[0].upper()
        if word in ("EHLO", "HELO"):
            self.greeted(word, code, lines)
        elif word == TOKEN:
            self.upgrade(code, lines[-1])
        elif word == "AUTH" or asked == "(login)":
            self.logged_in(code)
        elif word == "DATA" and code == 354:
            self.body = True
        elif asked == "(body)" or word == "BDAT":
            self.facts.payload |= code == 250
        elif code in (500, 502) and (re.match(r"^X{4,}", word) or near(word)):
            self.facts.marks.add("cmd-corrupted")
        if code == 530 and TOKEN in lines[-1] and self.facts.listings and TOKEN not in self.facts.listings[-1]:
            self.facts.marks.add("demand-without-offer")

    def greeted(self, word, code, lines):
        if word == "HELO":
            self.facts.marks.add("helo")
        elif code >= 500:
            self.facts.marks.add("ehlo-refused")
        elif code == 250:
            words = [line[4:].split(" ")[0].upper() for line in lines[1:]]
            if TOKEN in words:
                self.facts.offered = True
            elif self.facts.offered:
                self.facts.marks.add("cap-withdrawn")
            else:
                self.facts.offered = False
                self.facts.marks |= {"cap-masked"} if any(map(MASKED.match, words)) else set()
                self.facts.marks |= {"cap-corrupted"} if any(map(near, words)) else set()
            self.facts.listings.append(words)

    def upgrade(self, code, reply):
        self.waiting_since = None
        self.facts.accepted, self.facts.reply = code == 220, reply
        self.tls = code == 220

    def logged_in(self, code):
        if code == 334:
            self.login = True
        elif self.facts.credentials and (code == 235 or code in PRIVACY_CODES):
            self.facts.secret_exposed = True

    # TLS.

    def handshake(self):
        """Established: a ServerHello at the boundary, and no fatal alert or reset in clear after it."""
        facts = self.facts
        if not facts.hello:
            if facts.accepted and self.tls:
                facts.marks.add("accept-no-tls")
            return
        client, server = (list(records(self.unread[s])) for s in (CLIENT, SERVER))
        facts.hello = bool(client) and client[0][:2] == (HANDSHAKE, 1)
        facts.server_hello = bool(server) and server[0][:2] == (HANDSHAKE, 2)
        broken = any(fatal_in_clear(r) for r in client + server)
        cut = bool(self.session.resets) and not protected(client)
        facts.established = bool((facts.accepted or not facts.requested) and facts.hello and facts.server_hello
                                 and not broken and not cut)


def records(data):
    """(type, first byte, length) of the TLS records of one direction; the last may be cut."""
    at = 0
    while at + 6 <= len(data):
        size = int.from_bytes(data[at + 3:at + 5], "big")
        yield data[at], data[at + 5], size
        at += 5 + size


def fatal_in_clear(record):
    return record[0] == ALERT and record[1] == 2 and record[2] == 2


def protected(side):
    kinds = [r[0] for r in side]
    return APPLICATION in kinds or CIPHER_CHANGE in kinds and kinds[-1] != CIPHER_CHANGE


def read(session):
    return Reader(session).read()


def against_tshark(session, facts):
    """Where tshark's dissectors see something else; a list of words."""
    seen = session.tshark
    theirs = {"requested": any(re.match(TOKEN + r"\b", r, re.I) for r in seen["requests"]),
              "offered": TOKEN in [r.upper() for r in seen["listing"]],
              "hello": "1" in seen["handshakes"], "server_hello": "2" in seen["handshakes"]}
    return ["%s: %s here, %s in tshark" % (k, bool(getattr(facts, k)), v) for k, v in theirs.items()
            if bool(getattr(facts, k)) != v]
