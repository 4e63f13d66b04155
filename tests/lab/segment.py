# SPDX-License-Identifier: GPL-2.0-or-later
"""A frame as the TCP segment in it, with every checksum held: in the laboratory nothing is offloaded."""
import collections
import ipaddress
import struct

from pcap import IPV4, IPV6, TCP
from wait import LabError

TAGS = (0x8100, 0x88A8)
IPV6_BYTES = 40
FIN, SYN, RST, ACK = 1, 2, 4, 16

Segment = collections.namedtuple("Segment", "source target seq ack flags payload ident")


def right(data):
    """Is this what a checksum was put into (RFC 1071)? Both zeros of ones' complement are."""
    return int.from_bytes(data + b"\0" * (len(data) % 2), "big") % 0xFFFF == 0


def endpoint(address, port):
    text = str(ipaddress.ip_address(address))
    return "%s:%d" % (text if len(address) == 4 else "[%s]" % text, port)


def untagged(frame):
    """What lies behind the addresses and VLAN tags: (EtherType, packet)."""
    at = 12
    while int.from_bytes(frame[at:at + 2], "big") in TAGS:
        at += 4
    return int.from_bytes(frame[at:at + 2], "big"), frame[at + 2:]


def ip(kind, packet):
    """(source, target, TCP, identification) of an IP packet that is whole; IPv6 has no number: 0."""
    if kind == IPV4 and len(packet) >= 20 and packet[0] == 0x45:
        size, protocol, source, target, head = packet[2:4], packet[9], packet[12:16], packet[16:20], 20
        if not right(packet[:20]):
            raise LabError("a bad IPv4 checksum")
        if int.from_bytes(packet[6:8], "big") & 0x3FFF:
            raise LabError("a fragment")
        length, ident = int.from_bytes(size, "big"), int.from_bytes(packet[4:6], "big")
    elif kind == IPV6 and len(packet) >= IPV6_BYTES and packet[0] >> 4 == 6:
        size, protocol, source, target, head = packet[4:6], packet[6], packet[8:24], packet[24:40], IPV6_BYTES
        length, ident = int.from_bytes(size, "big") + head, 0
    else:
        raise LabError("no plain IP packet")
    if protocol != TCP or length != len(packet):
        raise LabError("no whole TCP segment")
    return source, target, packet[head:], ident


def ports(frame):
    """Of the source and of the target of a TCP segment; nothing is held."""
    kind, packet = untagged(frame)
    return struct.unpack_from("!HH", packet, (packet[0] & 15) * 4 if kind == IPV4 else IPV6_BYTES)


def read(frame):
    """The segment of a frame; a LabError says what is wrong with it."""
    source, target, tcp, ident = ip(*untagged(frame))
    if len(tcp) < 20 or not 20 <= (tcp[12] >> 4) * 4 <= len(tcp):
        raise LabError("no whole TCP header")
    if not right(source + target + struct.pack("!II", TCP, len(tcp)) + tcp):
        raise LabError("a bad TCP checksum")
    sport, dport, seq, ack = struct.unpack_from("!HHII", tcp)
    return Segment(endpoint(source, sport), endpoint(target, dport), seq, ack, tcp[13], tcp[(tcp[12] >> 4) * 4:], ident)
