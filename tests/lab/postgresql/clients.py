# SPDX-License-Identifier: GPL-2.0-or-later
"""PostgreSQL clients and how each is started."""
import struct

import start
from servers.dovecot import SECRET, USER
from start import s_client  # noqa: F401

QUERY = "SELECT 'SSLRequest, S, N: AUTH TLS, 234' AS words"


def psql(mode, gss="disable"):
    def run(v):
        where = "host=%s port=%d user=%s dbname=postgres sslmode=%s gssencmode=%s connect_timeout=6 sslrootcert=%s" % (
            v.host, v.port, USER, mode, gss, v.certificate if mode == "verify-full" else "/nonexistent")
        return v.run(["env", "PGPASSWORD=" + SECRET, "HOME=" + v.directory, "psql", "-X", "-A", "-t", where, "-c", QUERY])
    return run


def hexadecimal(data):
    return "".join("\\x%02x" % byte for byte in data)


def message(kind, body):
    return hexadecimal(kind + struct.pack("!I", len(body) + 4) + body)


def talk(*steps):
    return start.talk(*steps)


REQUEST = "raw:" + hexadecimal(bytes.fromhex("0000000804d2162f"))
STARTUP = "raw:" + message(b"", struct.pack("!I", 3 << 16) + b"user\0" + USER.encode() + b"\0database\0postgres\0\0")
PASSWORD = "raw:" + message(b"p", SECRET.encode() + b"\0")
ASK = "raw:" + message(b"Q", QUERY.encode() + b"\0")
READY = "want:Z\\x00\\x00\\x00\\x05I"
LOGIN = (STARTUP, "want:R\\x00\\x00\\x00\\x08\\x00\\x00\\x00\\x03", PASSWORD, READY, ASK, READY)
BYE = ("raw:" + message(b"X", b""),)
