# SPDX-License-Identifier: GPL-2.0-or-later
"""BER as LDAP uses it (RFC 4511 section 5.1): definite lengths, tags of one byte."""

CONSTRUCTED = 0x20


def size(data):
    """Bytes of the first element, 0 when too few are there to tell."""
    if len(data) < 2:
        return 0
    if data[1] < 0x80:
        return 2 + data[1]
    count = data[1] & 0x7F
    return 2 + count + int.from_bytes(data[2:2 + count], "big") if len(data) >= 2 + count else 0


def split(data):
    """[(tag, contents)] of elements one after the other."""
    found = []
    while data:
        n = size(data)
        if not n or n > len(data):
            break
        header = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
        found.append((data[0], data[header:n]))
        data = data[n:]
    return found


def element(tag, contents):
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + contents


def changed(data, leaf):
    """The same elements, each primitive one as leaf(tag, contents) returns it: bytes of an element, or nothing."""
    return b"".join(element(tag, changed(contents, leaf)) if tag & CONSTRUCTED else leaf(tag, contents)
                    for tag, contents in split(data))
