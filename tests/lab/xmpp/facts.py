# SPDX-License-Identifier: GPL-2.0-or-later
"""What one XMPP session shows: a plain reading of what stands right inside its streams (RFC 6120)."""
from reading import INVALID, PERMANENT, Reader, differences, hellos
from xmpp import stanzas

TSHARK = {"starttls": "xmpp.starttls", "proceed": "xmpp.proceed"}
DECODE_AS = ("tcp.port==5269,xmpp",)
TLS, SASL = "urn:ietf:params:xml:ns:xmpp-tls", "urn:ietf:params:xml:ns:xmpp-sasl"
DIALBACK, OLD_LOGIN = "jabber:server:dialback", "jabber:iq:auth"
SETUP = ("urn:ietf:params:xml:ns:xmpp-bind", "urn:ietf:params:xml:ns:xmpp-session")
STANZAS = ("message", "presence", "iq")
ABOUT_THE_STREAM = ("host-unknown", "system-shutdown", "connection-timeout", "reset", "internal-server-error",
                    "resource-constraint")


class Xmpp(Reader):
    TOKEN = "starttls"

    def __init__(self, session):
        super().__init__(session)
        self.modern = self.logged_in = False
        self.last, self.login_id, self.asks = "", None, False

    def unit(self, sender, data):
        return stanzas.size(data)

    def client(self, unit):
        if not stanzas.name(unit):
            return
        farewell = unit.startswith(b"</")
        self.between(farewell)
        if farewell:
            return
        element = stanzas.parse(unit)
        space, self.last = stanzas.split(element.tag)
        if self.last == "stream":
            self.modern = "version" in element.attrib
        elif (space, self.last) == (TLS, self.TOKEN):
            self.request()
            self.facts.late |= self.logged_in
            self.asks = True
        elif space == SASL:
            self.mechanism = element.get("mechanism", self.mechanism)
            if (element.text or "") not in ("", "="):
                self.give_secret()
        elif self.last in STANZAS:
            self.stanza(element)

    def forget_request(self):
        self.asks = False

    def stanza(self, element):
        child = stanzas.split(element[0].tag) if len(element) else ("", "")
        if child == (OLD_LOGIN, "query"):
            if element[0].find("{%s}password" % OLD_LOGIN) is not None:
                self.facts.credentials, self.login_id = True, element.get("id")
        elif child[0] not in SETUP:
            self.facts.payload = True

    def server(self, unit):
        if not stanzas.name(unit) or unit.startswith(b"</"):
            return
        element = stanzas.parse(unit)
        space, word = stanzas.split(element.tag)
        waiting, self.asks = self.asks, False
        if word == "stream":
            if self.modern and "version" not in element.attrib:
                self.no_listing()
        elif word == "features":
            self.features(element)
        elif word == "error" and space.endswith("/streams"):
            self.error(stanzas.split(element[0].tag)[1], waiting)
        elif waiting:
            self.reply(space, word)
        elif space == SASL and word in ("success", "failure"):
            self.login(word == "success", word == "failure" and element.find("{%s}encryption-required" % SASL) is not None)
        elif word == "iq" and self.login_id and element.get("id") == self.login_id:
            self.login(element.get("type") == "result", False)
        elif (space, word) == (DIALBACK, "result") and element.get("type") == "valid":
            self.logged_in = True
        elif word in STANZAS and self.logged_in and not any(stanzas.split(c.tag)[0] in SETUP for c in element):
            self.facts.payload = True

    def features(self, element):
        names = [stanzas.split(child.tag) for child in element]
        if not self.logged_in:
            self.listing([word for space, word in names if word != self.TOKEN or space == TLS])
            self.facts.insists = element.find("{%s}%s/{%s}required" % (TLS, self.TOKEN, TLS)) is not None
            mechanisms = element.findall("{%s}mechanisms/{%s}mechanism" % (SASL, SASL))
            self.facts.mechanisms = {m.text for m in mechanisms} or None
            if self.facts.insists:
                self.demands("login")

    def reply(self, space, word):
        if (space, word) == (TLS, "proceed"):
            self.granted()
        else:
            self.refused(PERMANENT if (space, word) == (TLS, "failure") else INVALID)

    def error(self, word, waiting):
        if word == "see-other-host" and not self.logged_in:
            self.facts.marks.add("sent-away")
        elif waiting:
            self.refused(PERMANENT, lawful=word in ABOUT_THE_STREAM)
        else:
            self.overwritten(self.last)

    def login(self, good, demanded):
        self.logged_in |= good
        self.facts.secret_exposed |= self.facts.credentials and (good or demanded)
        if demanded:
            self.demands("login")
        elif good and self.facts.credentials:
            self.done("login")


def read(session):
    return Xmpp(session).read()


def against_tshark(session, facts):
    theirs = {"requested": bool(session.tshark["starttls"])}
    if facts.accepted:
        theirs.update(hellos(session))
    return differences(facts, theirs)
