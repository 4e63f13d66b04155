# SPDX-License-Identifier: GPL-2.0-or-later
"""What a session shows: the part of the reading that all dialects share.

A dialect's facts.py derives from Reader, says where its units end, and what they mean. On purpose nothing
here is the program's: a mistake in one of the two shows as a disagreement.
"""
import collections
import re

import hello
from case import YES
from wire import CLIENT, SERVER

HANDSHAKE, ALERT, CIPHER_CHANGE, APPLICATION = 22, 21, 20, 23
FLIGHT_SECONDS = 2
RECORD = re.compile(rb"[\x14-\x17]\x03")
SECRET_MECHANISMS = ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")
TEMPORARY, PERMANENT, INVALID = "temp", "perm", "invalid"


class Facts:
    """Answers to the questions of the corpus; None means that the capture does not say."""

    def __init__(self):
        self.offered = self.accepted = None
        self.requested = self.established = self.credentials = False
        self.listings = []          # the complete ones; a greeting may tell of an offer, or lack it, without being one
        self.refusal = None         # TEMPORARY, PERMANENT or INVALID, when the request was not granted
        self.answered = True        # is the request answered before TLS begins?
        self.lawful = False         # the refusal is the prescribed answer: to an argument, after the login
        self.late = False           # TLS was asked for behind the login only
        self.optional = False       # the request may be declined: that tells nothing
        self.secret_exposed = self.payload = False
        self.login_tells = YES      # how much a login in clear tells where TLS was offered
        self.payload_tells = True   # does payload in clear tell anything where TLS was offered?
        self.hello = self.server_hello = False
        self.marks = set()          # names of what is odd, as the decision table calls it
        self.demanded = set()       # kinds of operations that the server wants TLS for
        self.insists = None         # does the last listing demand TLS?
        self.mechanisms = None      # for a login, from the last listing that names any
        self.random = None          # of the ClientHello
        self.alpn = set()           # the protocols that the client would speak inside TLS
        self.certificate = None     # the server's, where it is in clear


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


def near(word, token):
    allowed = 2 if len(token) >= 8 else 1
    return word != token and not word.startswith("X-") and len(word) > len(token) - 3 \
        and distance(word, token) <= allowed


def masked(word, token):
    return len(word) == len(token) and re.match(r"^[X*]+[A-Z*]$", word) is not None


def records(data):
    """(type, first byte, length) of the TLS records of one direction; the last may be cut."""
    at = 0
    while at + 6 <= len(data):
        size = int.from_bytes(data[at + 3:at + 5], "big")
        yield data[at], data[at + 5], size
        at += 5 + size


def fatal_in_clear(record):
    return record[0] == ALERT and record[1] == 2 and record[2] == 2


def in_clear(side):
    """Does anything but TLS follow?"""
    return any(kind not in (HANDSHAKE, ALERT, CIPHER_CHANGE, APPLICATION) for kind, _, _ in side)


def protected(side):
    """Has this side sent anything under keys? A ClientHello behind ChangeCipherSpec is the second one of TLS 1.3."""
    changed = False
    for kind, first, size in side:
        if kind == APPLICATION or changed and (kind == HANDSHAKE and first != 1 or kind == ALERT and size > 2):
            return True
        changed |= kind == CIPHER_CHANGE
    return False


class Reader:
    """Reads the pieces of a session in the order of the wire. A dialect gives unit(), client(), server()."""

    TOKEN = "STARTTLS"
    MISSPELLS = True            # may a word that is nearly the token be the token, damaged?
    LASTING = True              # does an offer, once made, stay in every listing before the login?
    FOREIGN = ("h2", "http/1.1")        # what nobody speaks here inside TLS

    def __init__(self, session):
        self.session, self.facts = session, Facts()
        self.unread = {CLIENT: b"", SERVER: b""}
        self.asked = collections.deque()
        self.when, self.waiting_since, self.tls = 0, None, False
        self.mechanism = ""

    def read(self):
        for self.when, sender, data in self.session.data:
            self.unread[sender] += data
            while self.step(sender):
                pass
        self.handshake()
        return self.facts

    def step(self, sender):
        """Read one unit; false when there is none, or TLS has begun."""
        data = self.unread[sender]
        if RECORD.match(data):
            self.facts.hello |= sender == CLIENT
            return False
        size = self.unit(sender, data) if data else 0
        if not size or size > len(data):
            return False
        unit, self.unread[sender] = data[:size], data[size:]
        if sender == CLIENT:
            self.client(unit)
        elif self.tls and not self.facts.hello:
            self.facts.marks.add("injected-response")
        else:
            self.server(unit)
        return True

    def unit(self, sender, data):
        """Where the first unit ends, 0 when it has not come as a whole: here, a line."""
        return data.find(b"\n") + 1

    def client(self, unit):
        raise NotImplementedError

    def server(self, unit):
        raise NotImplementedError

    # What the dialects call.

    def listing(self, words):
        """A complete listing of capabilities."""
        facts, token = self.facts, self.TOKEN
        if token in words:
            facts.offered = True
        elif facts.offered:
            facts.marks |= {"cap-withdrawn"} if self.LASTING else set()
        else:
            facts.offered = False
            facts.marks |= {"cap-masked"} if any(masked(w, token) for w in words) else set()
            facts.marks |= {"cap-corrupted"} if self.MISSPELLS and any(near(w, token) for w in words) \
                else set()
        facts.listings.append(words)

    def no_listing(self):
        """The command that asks for the listing was refused, or never sent by who should."""
        self.facts.marks.add("cap-cmd-refused")

    def request(self):
        self.facts.requested, self.waiting_since = True, self.when
        self.facts.late |= self.facts.secret_exposed

    def granted(self):
        self.waiting_since = None
        self.facts.accepted, self.facts.refusal, self.tls = True, None, True

    def refused(self, how, lawful=False):
        self.waiting_since = None
        self.facts.accepted, self.facts.refusal, self.facts.lawful = False, how, lawful

    def between(self, farewell=False):
        """A unit of the client's in clear where TLS was to be: behind the request, or behind the go-ahead."""
        if self.waiting_since is not None and not farewell:
            if self.when - self.waiting_since <= FLIGHT_SECONDS:
                self.facts.marks.add("injected-command")
            else:
                self.forget_request()
            self.waiting_since = None
        elif self.tls:
            self.tls = False
            self.facts.marks.add("accept-no-tls" if farewell else "plaintext-after-accept")

    def forget_request(self):
        """The client has given up waiting: no answer will be the request's."""

    def demands(self, operation):
        self.facts.demanded.add(operation)

    def done(self, operation):
        """Something has come about in clear; was TLS demanded for it?"""
        if operation in self.facts.demanded:
            self.facts.marks.add("required-violated")

    def give_secret(self, word="(initial)"):
        if self.mechanism in SECRET_MECHANISMS and word != "*":
            self.facts.credentials = True

    def overwritten(self, word):
        """A verb that the server does not know: is it ours, with other letters?"""
        if re.match(r"^X{4,}$", word) or len(self.TOKEN) >= 6 and near(word, self.TOKEN):
            self.facts.marks.add("cmd-corrupted")

    def handshake(self):
        """Established: a ServerHello at the boundary, and then neither a fatal alert in clear, nor clear text, nor an end
        before anything is protected. A client that only closes may have read the server's protected records."""
        facts = self.facts
        if not facts.hello:
            if facts.accepted and self.tls:
                facts.marks.add("accept-no-tls")
            return
        client, server = (list(records(self.unread[s])) for s in (CLIENT, SERVER))
        facts.hello = bool(client) and client[0][:2] == (HANDSHAKE, 1)
        facts.server_hello = bool(server) and server[0][:2] == (HANDSHAKE, 2)
        facts.random, facts.alpn = hello.of_client(self.unread[CLIENT])
        facts.certificate = hello.certificate(self.unread[SERVER])
        broken = any(fatal_in_clear(r) for r in client + server)
        ended = self.session.resets or self.session.closed and not protected(server) or in_clear(client)
        cut = ended and not protected(client)
        facts.established = bool((facts.accepted or not facts.requested) and facts.hello and facts.server_hello
                                 and not broken and not cut)
        if facts.established and facts.requested and facts.alpn & set(self.FOREIGN):
            facts.marks.add("alpaca")


def hellos(session):
    """What tshark says of the handshake, under the names of our facts."""
    seen = session.tshark["handshakes"]
    return {"hello": "1" in seen, "server_hello": "2" in seen, "alpn": bool(session.tshark["protocols"])}


def differences(facts, theirs):
    """Where tshark's dissectors see something else; a list of words."""
    return ["%s: %s here, %s in tshark" % (k, bool(getattr(facts, k)), v) for k, v in theirs.items()
            if bool(getattr(facts, k)) != v]
