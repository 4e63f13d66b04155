#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A closed port in the server's name.

usage: refuse.py INTERFACE PORT

Answers every SYN to PORT that comes in on INTERFACE with RST; nobody else may answer.
"""
import socket
import struct
import sys

from onside import ETHERNET_BYTES, IPV4, RST_ACK, TTL, checksum

SYN, ACK = 2, 16


def refusal(frame, port):
    """The frame that answers `frame`, if that is an IPv4 SYN to the port."""
    ip = frame[ETHERNET_BYTES:]
    tcp = ip[(ip[0] & 15) * 4:]
    if ip[9] != socket.IPPROTO_TCP or len(tcp) < 20:
        return None
    sport, dport, seq, _, _, flags = struct.unpack_from("!HHIIBB", tcp)
    if dport != port or flags & (SYN | ACK) != SYN:
        return None
    segment = struct.pack("!HHIIBBHHH", dport, sport, 0, seq + 1 & 0xFFFFFFFF, 5 << 4, RST_ACK, 0, 0, 0)
    pseudo = ip[16:20] + ip[12:16] + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
    segment = segment[:16] + struct.pack("!H", checksum(pseudo + segment)) + segment[18:]
    top = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0, TTL, socket.IPPROTO_TCP, 0, ip[16:20], ip[12:16])
    top = top[:10] + struct.pack("!H", checksum(top)) + top[12:]
    return frame[6:12] + frame[:6] + struct.pack("!H", IPV4) + top + segment


def main(interface, port):
    line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4))
    line.bind((interface, IPV4))
    print("listening", flush=True)
    while True:
        frame, where = line.recvfrom(65536)
        answer = None if where[2] == socket.PACKET_OUTGOING else refusal(frame, int(port))
        if answer:
            line.send(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
