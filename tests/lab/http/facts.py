# SPDX-License-Identifier: GPL-2.0-or-later
"""What one HTTP session shows: a plain reading of its heads (RFC 9112, 2817)."""
from http.tricks import size

from reading import PERMANENT, Reader, differences

TSHARK = {"upgrades": "http.upgrade"}
DECODE_AS = ("tcp.port==631,http",)


class Http(Reader):
    FOREIGN = ()

    def __init__(self, session):
        super().__init__(session)
        self.facts.optional, self.facts.payload_tells = True, False
        self.wishes = []            # of the requests without an answer: (do they ask for TLS, for what)

    def unit(self, sender, data):
        found = size(data)
        return found if found <= len(data) else 0

    def head(self, unit):
        """(first line, header fields by name)"""
        lines = unit.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in lines[1:])
        return lines[0], {name.lower(): value.strip().lower() for name, _, value in fields}

    def client(self, unit):
        first, fields = self.head(unit)
        self.between()
        wish = fields.get("upgrade", "").startswith("tls") and "upgrade" in fields.get("connection", "")
        self.wishes.append((wish, first.split(" ")[1]))
        self.facts.credentials |= fields.get("authorization", "").startswith(("basic", "bearer"))
        if wish:
            self.request()

    def server(self, unit):
        first, fields = self.head(unit)
        code, offers = int(first.split()[1]), "tls/" in fields.get("upgrade", "")
        if code == 100:
            return
        offers = offers and (code == 101 or "upgrade" in fields.get("connection", ""))
        self.facts.offered = self.facts.offered or offers
        self.facts.payload |= code == 200 and fields.get("content-length", "0") != "0"
        wish, target = self.wishes.pop(0) if self.wishes else (False, None)
        if code == 426 and offers:
            self.demands(target)
        elif code // 100 == 2:
            self.done(target)
        if wish and code == 101:
            self.granted()
        elif wish:
            self.refused(PERMANENT)


def read(session):
    return Http(session).read()


def against_tshark(session, facts):
    """tshark hears no TLS behind 101."""
    return differences(facts, {"requested": bool(session.tshark["upgrades"])}) if facts.requested else []
