# SPDX-License-Identifier: GPL-2.0-or-later
"""The bytes of RDP's negotiation: X.224 connection PDUs in TPKT ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2)."""
REQUEST, CONFIRM, DISCONNECT = 0xE0, 0xD0, 0x80
ASKED, SELECTED, FAILED = 1, 2, 3
TLS, CREDSSP, CREDSSP_EX = 1, 2, 8
SSL_REQUIRED, SSL_NOT_ALLOWED, SSL_CERT_NOT_ON_SERVER, INCONSISTENT_FLAGS, HYBRID_REQUIRED, USER_AUTH_REQUIRED = range(1, 7)


def tpkt(pdu):
    return b"\3\0" + (len(pdu) + 4).to_bytes(2, "big") + pdu


def size(data):
    """Where the first TPKT ends; what is none counts as a whole."""
    if data[:1] != b"\3":
        return len(data)
    return int.from_bytes(data[2:4], "big") if len(data) >= 4 else 0


def kind(packet):
    return packet[5] & 0xF0 if len(packet) > 5 else None


def block(kind, value):
    return bytes([kind, 0, 8, 0]) + value.to_bytes(4, "little")


def request(cookie, negotiation=b""):
    return connection(REQUEST, 0, cookie + negotiation)


def confirm(negotiation=b""):
    return connection(CONFIRM, 0x1234, negotiation)


def connection(kind, source, variable):
    return tpkt(bytes([6 + len(variable), kind, 0, 0]) + source.to_bytes(2, "big") + b"\0" + variable)


def parts(packet):
    """(cookie, kind of the negotiation block, its value) of a connection PDU; kind and value are None without a block."""
    variable = packet[11:]
    end = variable.find(b"\n") + 1 if kind(packet) == REQUEST and variable[:1] != b"\1" else 0
    cookie, rest = variable[:end], variable[end:]
    if len(rest) < 8 or rest[2:4] != b"\x08\0":
        return cookie, None, None
    return cookie, rest[0], int.from_bytes(rest[4:8], "little")
