# SPDX-License-Identifier: GPL-2.0-or-later
"""What one LDAP session shows: a plain reading of its messages (RFC 4511)."""
import ber
from reading import INVALID, PERMANENT, TEMPORARY, Reader, differences, hellos

TSHARK = {"requests": "ldap.requestName"}
DECODE_AS = ()
BIND, BIND_RESPONSE, UNBIND, SEARCH, ENTRY = 0x60, 0x61, 0x42, 0x63, 0x64
EXTENDED_REQUEST, EXTENDED_RESPONSE = 0x77, 0x78
SIMPLE, SASL = 0x80, 0xA3
BUSY_CODES, PRIVACY_CODES, REFERRAL = (51, 52), (8, 13), 10


class Ldap(Reader):
    TOKEN = "1.3.6.1.4.1.1466.20037"
    MISSPELLS = False

    def __init__(self, session):
        super().__init__(session)
        self.request_id, self.root_ids, self.bound = None, set(), False

    def unit(self, sender, data):
        return ber.size(data)

    def message(self, unit):
        """(messageID, tag of the operation, its contents)"""
        parts = ber.split(ber.split(unit)[0][1])
        return int.from_bytes(parts[0][1], "big"), parts[1][0], parts[1][1]

    def client(self, unit):
        number, operation, contents = self.message(unit)
        self.between(farewell=operation == UNBIND)
        if operation == UNBIND:
            return
        parts = ber.split(contents)
        if operation == EXTENDED_REQUEST and parts[0][1].decode("latin-1") == self.TOKEN:
            self.request()
            self.request_id = number
        elif operation == BIND:
            name, (kind, secret) = parts[1][1], parts[2]
            self.facts.credentials |= kind == SIMPLE and bool(name) and bool(secret)
        elif operation == SEARCH and not parts[0][1]:
            self.root_ids.add(number)

    def forget_request(self):
        self.request_id = None

    def server(self, unit):
        number, operation, contents = self.message(unit)
        code = int.from_bytes(contents[2:3], "big")
        if operation == ENTRY and number in self.root_ids:
            self.root(contents)
        elif operation == ENTRY:
            self.facts.payload = True
            self.facts.payload_tells = self.bound
        elif operation == EXTENDED_RESPONSE and number == self.request_id:
            self.upgrade(code)
        elif operation == EXTENDED_RESPONSE and number and self.request_id is not None:
            self.refused(INVALID)
        elif operation == BIND_RESPONSE:
            self.bound |= code == 0 and self.facts.credentials
            self.facts.secret_exposed |= self.facts.credentials and (code == 0 or code in PRIVACY_CODES)
            if code in PRIVACY_CODES:
                self.demands("login")
            elif code == 0 and self.facts.credentials:
                self.done("login")

    def root(self, contents):
        for _, attribute in ber.split(ber.split(contents)[1][1]):
            (_, name), (_, values) = ber.split(attribute)
            if name.lower() == b"supportedextension":
                self.listing([v.decode("latin-1") for _, v in ber.split(values)])

    def upgrade(self, code):
        self.request_id = None
        if code == 0:
            self.granted()
        elif code == REFERRAL:
            self.refused(PERMANENT)
            self.facts.marks.add("cleartext-redirect")
        else:
            self.refused(TEMPORARY if code in BUSY_CODES else PERMANENT)


def read(session):
    return Ldap(session).read()


def against_tshark(session, facts):
    theirs = {"requested": Ldap.TOKEN in session.tshark["requests"]}
    if facts.accepted:
        theirs.update(hellos(session))
    return differences(facts, theirs)
