# SPDX-License-Identifier: GPL-2.0-or-later
"""What a man in the middle does to starttls in XMPP (RFC 6120 section 5)."""
import re
import ssl

from attacker import Trick
from protocol import Protocol, policy_tricks, races, standard
from servers.prosody import DOMAIN
from xmpp import stanzas

HEADER = ("<?xml version='1.0'?><stream:stream to='%s' version='1.0' xmlns='jabber:client' "
          "xmlns:stream='http://etherx.jabber.org/streams'>" % DOMAIN).encode()
STARTTLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
PROCEED, FAILURE = STARTTLS.replace(b"starttls", b"proceed"), STARTTLS.replace(b"starttls", b"failure")
ANSWERED = (b"stream:stream", b"starttls", b"auth", b"response", b"db:result")


class Xmpp(Protocol):
    """The client begins; its header is answered by a header and the features."""

    begins = ()

    def unit(self, talk, from_client, data):
        return stanzas.size(data)

    def verb(self, unit):
        return stanzas.name(unit)

    def is_command(self, talk, unit):
        return self.verb(unit) in ANSWERED and not unit.startswith(b"</")

    def is_last(self, talk, asked, unit):
        return self.verb(unit) != b"stream:stream" or unit.startswith(b"</")

    def note(self, talk, asked, reply):
        super().note(talk, asked, reply)
        if self.verb(asked) == b"stream:stream":
            talk.greeting = reply

    def unseen(self, talk):
        return self.quietly[1:] if talk.greeting else self.quietly

    def answer(self, unit, text):
        return text


def of_header(change):
    """Change the answer to a stream's header."""
    return lambda talk, asked, data: change(data) if talk.protocol.verb(asked) == b"stream:stream" else data


def old_stream(data):
    return re.sub(rb"<stream:features>.*", b"", re.sub(rb"(<stream:stream[^>]*) version='1.0'", rb"\1", data))


def sent_away(data):
    return re.sub(rb"<stream:features>.*", b"<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
                  b"elsewhere.example</see-other-host></stream:error></stream:stream>", data)


PROTOCOL = Xmpp(b"starttls", rb"<proceed", rb"<(starttls)[^>]*(?:/>|>.*?</starttls>)", quietly=(HEADER, STARTTLS),
                again=(HEADER,))

TRICKS = standard("starttls", PROCEED, {
    "refuse-perm": FAILURE,
    "refuse-temp": b"<stream:error><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
    "invalid": STARTTLS.replace(b"starttls", b"ready"),
}, injected=b"<iq type='get' id='i1'><ping xmlns='urn:xmpp:ping'/></iq>",
    forged=b"<message from='%s'><body>forged</body></message>" % DOMAIN.encode())
TRICKS.update(policy_tricks(insists=rb"<encryption-required", weak=(rb"<mechanism>(?!PLAIN)[^<]*</mechanism>",), demand=rb"<required/>"))
RACES = races(rb"<starttls [^>]*>", PROCEED, FAILURE)
for trick, word in (("refuse-perm", "failure"), ("refuse-temp", "an error of the stream"), ("invalid", "ready")):
    TRICKS[trick].what = "answer starttls with " + word
for trick in ("strip-offer", "mask", "corrupt", "withdraw"):
    TRICKS[trick].what = TRICKS[trick].what.replace("listing", "features")
TRICKS["strip-once"] = Trick("delete starttls from the features before the login", reply=lambda talk, asked, data:
                            PROTOCOL.offer.sub(b"", data) if talk.listings == 1 else data)
TRICKS["refuse-listing"] = Trick("make it a stream from before 1.0: no version, no features", reply=of_header(old_stream))
TRICKS["send-away"] = Trick("answer the stream's header with see-other-host", reply=of_header(sent_away))


def repeat_features(talk, unit):
    """The new stream inside the client's TLS is none to the server, whose stream goes on in clear."""
    if isinstance(talk.client, ssl.SSLSocket) and talk.protocol.verb(unit) == b"stream:stream" and talk.greeting:
        talk.tell_client(talk.protocol.offer.sub(b"", talk.greeting))
        talk.greeting = b""
        return None
    return to_client(talk, unit)


to_client = TRICKS["tls-to-client"].command
TRICKS["tls-to-client"].command = repeat_features
