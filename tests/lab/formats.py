# SPDX-License-Identifier: GPL-2.0-or-later
"""One capture in every file format and link type that a reader of captures meets, and in fragments."""
import os
import struct

import files
import pcap

SOURCE = "smtp/mask-swaks.client.pcap"
RAW, LINUX_SLL, LINUX_SLL2 = 101, 113, 276
MAGIC_NS = 0xA1B23C4D
# Blocks and options of pcapng (draft-ietf-opsawg-pcapng).
SECTION, INTERFACE, PACKET, BYTE_ORDER, USER_PROGRAM, TIME_UNIT = 0x0A0D0D0A, 1, 6, 0x1A2B3C4D, 4, 9
ETHER_BYTES, IPV4_BYTES = 14, 20
FRAGMENT_BYTES, MORE_FRAGMENTS = 48, 0x2000
SENT, RECEIVED = 4, 0


def direction(frame):
    """Seen from the client: its own frames are outgoing."""
    return SENT if frame[11] == 1 else RECEIVED


def raw(frame):
    return frame[ETHER_BYTES:]


def sll(frame):
    return struct.pack("!HHH", direction(frame), 1, 6) + frame[6:12] + b"\0\0" + frame[12:]


def sll2(frame):
    return frame[12:14] + struct.pack("!HIHBB", 0, 2, 1, direction(frame), 6) + frame[6:12] + b"\0\0" + raw(frame)


def same(frame):
    return frame


def checksum(header):
    total = sum(struct.unpack("!%dH" % (len(header) // 2), header))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def fragments(frame):
    """The IPv4 packet (no options) in fragments, the last one first: a small MTU, and paths of different length."""
    header, payload = frame[ETHER_BYTES:ETHER_BYTES + IPV4_BYTES], frame[ETHER_BYTES + IPV4_BYTES:]
    made = []
    for at in range(0, len(payload), FRAGMENT_BYTES):
        part = payload[at:at + FRAGMENT_BYTES]
        more = MORE_FRAGMENTS if at + len(part) < len(payload) else 0
        head = (header[:2] + struct.pack("!H", IPV4_BYTES + len(part)) + header[4:6] +
                struct.pack("!H", more | at // 8) + header[8:10] + b"\0\0" + header[12:])
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        made.append(frame[:ETHER_BYTES] + head + part)
    return made[::-1]


def written(link=pcap.ETHERNET, change=same, order="<", magic=pcap.MAGIC_US, unit=1):
    """The same frames behind another link header, in another byte order, in units of so many a microsecond."""
    def convert(frames):
        parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, pcap.SNAPLEN, link)]
        for when, frame in frames:
            changed = change(frame)
            for data in changed if isinstance(changed, list) else [changed]:
                size = len(data)
                parts.append(struct.pack(order + "IIII", when // 1000000, when % 1000000 * unit, size, size) + data)
        return b"".join(parts)
    return convert


def block(kind, body, *options):
    """A block of a pcapng file, with (code, value) of its options."""
    for code, value in options + ((0, b""),) if options else ():
        body += struct.pack("<HH", code, len(value)) + padded(value)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def pcapng(frames):
    """A section, an interface, and each packet with the two halves of its time."""
    parts = [block(SECTION, struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1), (USER_PROGRAM, b"the laboratory of stripwatch")),
             block(INTERFACE, struct.pack("<HHI", pcap.ETHERNET, 0, pcap.SNAPLEN), (TIME_UNIT, b"\6"))]
    for when, frame in frames:
        head = struct.pack("<IIIII", 0, when >> 32, when & 0xFFFFFFFF, len(frame), len(frame))
        parts.append(block(PACKET, head + padded(frame)))
    return b"".join(parts)


FORMATS = {
    "pcapng.pcapng": pcapng,
    "nanoseconds.pcap": written(magic=MAGIC_NS, unit=1000),
    "big-endian.pcap": written(order=">"),
    "raw-ip.pcap": written(RAW, raw),
    "cooked.pcap": written(LINUX_SLL, sll),
    "cooked-v2.pcap": written(LINUX_SLL2, sll2),
    "fragments.pcap": written(change=fragments),
}


def path_of(name):
    return os.path.join("formats", name)


def contents(outdir):
    """path -> what lies there, made from SOURCE."""
    frames = pcap.read(os.path.join(outdir, SOURCE))
    return {path_of(name): convert(frames) for name, convert in FORMATS.items()}


def write(outdir):
    os.makedirs(os.path.join(outdir, "formats"), exist_ok=True)
    for path, data in contents(outdir).items():
        files.write(os.path.join(outdir, path), data)


def rows(others):
    """Their labels: copies of SOURCE's, if that is among the others."""
    return [dict(r, pcap=path_of(name), group="formats." + name, slice_of=SOURCE,
                 why="the same session in fragments" if name == "fragments.pcap" else
                 "the same session in another file format")
            for name in FORMATS for r in others if r["pcap"] == SOURCE]
