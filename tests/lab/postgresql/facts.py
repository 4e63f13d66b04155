# SPDX-License-Identifier: GPL-2.0-or-later
"""What one PostgreSQL session shows: its messages (version 3 of the protocol)."""
from reading import INVALID, PERMANENT, Reader, differences, hellos
from wire import CLIENT

TSHARK = {"types": "pgsql.type"}
DECODE_AS = ()
SSL_REQUEST, GSS_REQUEST = 80877103, 80877104
PASSWORD_IN_CLEAR = 3


class Postgresql(Reader):
    """No listing: whether TLS is to be had shows in the answer to the request."""

    def __init__(self, session):
        super().__init__(session)
        self.started, self.password = False, False
        self.expect_byte = []

    def unit(self, sender, data):
        if sender == CLIENT and not self.started:
            return int.from_bytes(data[:4], "big") if len(data) >= 8 else 0
        if sender != CLIENT and self.expect_byte and data[:1] != b"E":
            return 1
        return 1 + int.from_bytes(data[1:5], "big") if len(data) >= 5 else 0

    def client(self, unit):
        code = int.from_bytes(unit[4:8], "big")
        self.between(farewell=unit[:1] == b"X" and self.started)
        if self.started:
            self.message(unit[:1])
        elif code == SSL_REQUEST:
            self.request()
            self.expect_byte.append(SSL_REQUEST)
        elif code == GSS_REQUEST:
            self.expect_byte.append(GSS_REQUEST)
        else:
            self.started = True

    def message(self, kind):
        if kind == b"p" and self.password:
            self.facts.credentials = True
        elif kind in (b"Q", b"P"):
            self.facts.payload = True

    def forget_request(self):
        self.expect_byte = []

    def server(self, unit):
        if self.expect_byte:
            if self.expect_byte.pop(0) != SSL_REQUEST:
                return
            if unit == b"S":
                self.granted()
            else:
                # An error message is what servers before version 7 answered.
                self.refused(PERMANENT if unit == b"N" else INVALID, lawful=unit[:1] == b"E")
        elif unit[:1] == b"R":
            kind = int.from_bytes(unit[5:9], "big")
            self.password = kind == PASSWORD_IN_CLEAR
            self.facts.secret_exposed |= self.facts.credentials and kind == 0


def read(session):
    return Postgresql(session).read()


def against_tshark(session, facts):
    """tshark knows neither the request by a field nor whose answer a byte is."""
    return differences(facts, hellos(session) if facts.accepted else {})
