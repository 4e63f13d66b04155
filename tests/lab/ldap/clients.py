# SPDX-License-Identifier: GPL-2.0-or-later
"""LDAP clients and how each is started."""
import ber
import start
from ldap.tricks import OID
from servers.dovecot import SECRET
from servers.slapd import ADMIN, BASE
from start import either, gnutls, s_client  # noqa: F401


def ldapsearch(*options, binds=True, scheme="ldap"):
    def run(v):
        who = ["-D", ADMIN, "-w", SECRET] if binds else []
        return v.run(["env", "LDAPTLS_REQCERT=never", "LDAPCONF=/dev/null", "ldapsearch", "-x", "-LLL", "-o", "nettimeout=6",
                      "-l", "6", "-H", "%s://%s:%d" % (scheme, v.bracketed, v.port), "-b", BASE] + who + list(options))
    return run


def strict_ldapsearch(*options):
    """One that looks at the certificate."""
    def run(v):
        return v.run(["env", "LDAPCONF=/dev/null", "LDAPTLS_REQCERT=demand", "LDAPTLS_CACERT=/dev/null", "ldapsearch", "-x",
                      "-D", ADMIN, "-w", SECRET, "-H", "ldap://%s:%d" % (v.bracketed, v.port), "-b", BASE] + list(options))
    return run


def message(number, tag, contents):
    data = ber.element(0x30, bytes([2, 1, number]) + ber.element(tag, contents))
    return "raw:" + "".join("\\x%02x" % b for b in data)


def text(value):
    return ber.element(0x04, value.encode())


def search(number, base, scope, *wanted):
    return message(number, 0x63, text(base) + bytes([10, 1, scope, 10, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0]) +
                   ber.element(0x87, b"objectClass") + ber.element(0x30, b"".join(map(text, wanted))))


UNBIND = "0\x05\x02\x01\x02B\0"


def talk(*steps):
    return start.talk(*steps)


DONE = "want:(?s)\\x65.{1,3}\\n\\x01\\x00\\x04\\x00\\x04\\x00"
ROOT = (search(1, "", 0, "supportedExtension"), DONE)
ASK = (message(2, 0x77, ber.element(0x80, OID)), "want:(?s)\\x78.{1,3}\\n\\x01.\\x04\\x00\\x04.*")
LOGIN = (message(3, 0x60, bytes([2, 1, 3]) + text(ADMIN) + ber.element(0x80, SECRET.encode())),
         "want:(?s)\\x61.{1,3}\\n\\x01.\\x04\\x00\\x04.*")
READ = (search(4, BASE, 2), DONE)
BYE = (message(5, 0x42, b""),)
