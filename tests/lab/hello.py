# SPDX-License-Identifier: GPL-2.0-or-later
"""What TLS says in clear: the ClientHello's random and protocols (RFC 8446 section 4.1.2, RFC 7301), the certificate (RFC 5246)."""
HANDSHAKE, CLIENT_HELLO, CERTIFICATE, ALPN = 22, 1, 11, 16


def number(data):
    return int.from_bytes(data, "big")


def messages(data):
    """(type, body) of the handshake messages at the start of one direction, up to the first record that is something else."""
    whole, at = b"", 0
    while at + 5 <= len(data) and data[at] == HANDSHAKE:
        size = number(data[at + 3:at + 5])
        whole, at = whole + data[at + 5:at + 5 + size], at + 5 + size
    at = 0
    while at + 4 <= len(whole) and at + 4 + number(whole[at + 1:at + 4]) <= len(whole):
        size = number(whole[at + 1:at + 4])
        yield whole[at], whole[at + 4:at + 4 + size]
        at += 4 + size


def vectors(data, width):
    """The parts of a list in which each part has its length before it."""
    at = 0
    while at + width <= len(data):
        size = number(data[at:at + width])
        yield data[at + width:at + width + size]
        at += width + size


def extensions(hello):
    """type -> contents, of a ClientHello."""
    at = 34
    for width in (1, 2, 1):                     # session identifier, cipher suites, compression methods
        at += width + number(hello[at:at + width])
    found, at, end = {}, at + 2, at + 2 + number(hello[at:at + 2])
    while at + 4 <= end:
        size = number(hello[at + 2:at + 4])
        found[number(hello[at:at + 2])] = hello[at + 4:at + 4 + size]
        at += 4 + size
    return found


def of_client(data):
    """(random, names of protocols); (None, none) where no ClientHello begins."""
    kind, body = next(messages(data), (None, b""))
    if kind != CLIENT_HELLO:
        return None, set()
    listed = extensions(body).get(ALPN, b"")
    return body[2:34], {name.decode("latin-1") for name in vectors(listed[2:], 1)}


def certificate(data):
    """The server's own, if it is in clear."""
    chain = next((body for kind, body in messages(data) if kind == CERTIFICATE), b"")
    return next(vectors(chain[3:], 3), None)
