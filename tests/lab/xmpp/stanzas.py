# SPDX-License-Identifier: GPL-2.0-or-later
"""An XML stream cut into what stands right inside it (RFC 6120 section 4)."""
import re
import xml.etree.ElementTree as ET

TAG = re.compile(rb"<(?:[^<>'\"]|'[^']*'|\"[^\"]*\")*>")
NAME = re.compile(rb"(?:<\?[^>]*\?>)?\s*</?([^\s/>]+)")
BLANK = re.compile(rb"\s+")
AROUND = (b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
          b"xmlns:db='jabber:server:dialback'>%s</stream:stream>")


def size(data):
    """Where the first unit ends: a stream's header with its declaration, a child, the end of the stream, or blanks."""
    blank, depth = BLANK.match(data), 0
    if blank:
        return blank.end()
    for found in TAG.finditer(data):
        tag = found.group()
        if tag.startswith(b"<?"):
            continue
        if tag.startswith(b"<stream:stream") and not depth:
            return found.end()
        depth += -1 if tag.startswith(b"</") else 0 if tag.endswith(b"/>") else 1
        if depth <= 0:
            return found.end()
    return 0


def name(unit):
    """The name of a unit as it is written, with its prefix; nothing for blanks."""
    found = NAME.match(unit)
    return found.group(1) if found else b""


def parse(unit):
    """A header or a child as an element."""
    if name(unit) == b"stream:stream":
        return ET.fromstring(unit + b"</stream:stream>")
    return ET.fromstring(AROUND % unit)[0]


def split(tag):
    """(namespace, local name) of an element's tag."""
    return tuple(tag[1:].split("}")) if tag.startswith("{") else ("", tag)
