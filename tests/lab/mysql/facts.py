# SPDX-License-Identifier: GPL-2.0-or-later
"""What one MySQL or MariaDB session shows: its packets."""
from case import HISTORY
from reading import PERMANENT, RECORD, Reader, differences, hellos
from wire import SERVER

TSHARK = {"bits": "mysql.caps.sl"}
DECODE_AS = ()
CLIENT_SSL, SSL_REQUEST_BYTES = 0x0800, 36
ERROR, OK = 0xFF, 0x00
COM_QUIT = 1


class Mysql(Reader):
    TOKEN = "SSL"
    MISSPELLS = False

    def __init__(self, session):
        super().__init__(session)
        self.facts.login_tells, self.facts.answered = HISTORY, False
        self.greeted = self.logged_in = self.given = False

    def unit(self, sender, data):
        return 4 + int.from_bytes(data[:3], "little") if len(data) >= 4 else 0

    def client(self, unit):
        self.between(farewell=unit[4:5] == bytes([COM_QUIT]) and self.logged_in)
        if self.logged_in:
            self.facts.payload |= unit[4:5] == b"\x03"
        elif len(unit) == SSL_REQUEST_BYTES and int.from_bytes(unit[4:6], "little") & CLIENT_SSL:
            self.request()
        else:
            self.given = True

    def server(self, unit):
        kind = unit[4]
        if not self.greeted:
            self.greeted = True
            if kind == 10:
                at = unit.index(b"\0", 5) + 14
                self.listing(["SSL"] if int.from_bytes(unit[at:at + 2], "little") & CLIENT_SSL else ["no"])
        elif self.waiting_since is not None and kind == ERROR:
            self.refused(PERMANENT)
        elif self.given and not self.logged_in and kind == OK:
            self.logged_in = True
            self.facts.secret_exposed = True

    def handshake(self):
        """The ServerHello is the acceptance; an error packet, behind an alert or alone, the refusal."""
        rest = self.unread[SERVER]
        if self.facts.accepted is None and rest[:1] == b"\x15" and rest[11:12] == bytes([ERROR]):
            self.refused(PERMANENT)
            self.facts.accepted = False
        if self.facts.requested and self.facts.accepted is None and RECORD.match(self.unread[SERVER]) \
                and self.unread[SERVER][0] == 22:
            self.facts.accepted = True
        super().handshake()


def read(session):
    return Mysql(session).read()


def against_tshark(session, facts):
    theirs = {"offered": session.tshark["bits"][:1] in (["1"], ["True"])}
    if facts.accepted:
        theirs.update(hellos(session))
    return differences(facts, theirs)
