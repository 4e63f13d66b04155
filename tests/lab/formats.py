# SPDX-License-Identifier: GPL-2.0-or-later
"""One capture in every file format and link type that a reader of captures meets, and in fragments."""
import os
import struct

import pcap
from net import command

SOURCE = "smtp/mask-swaks.client.pcap"
RAW, LINUX_SLL, LINUX_SLL2 = 101, 113, 276
ETHER_BYTES, IPV4_BYTES = 14, 20
FRAGMENT_BYTES, MORE_FRAGMENTS = 48, 0x2000
SENT, RECEIVED = 4, 0


def editcap(kind):
    return lambda source, target: command(["editcap", "-F", kind, source, target])


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


def written(link, change, order="<"):
    """The same frames behind another link header, in another byte order, or several for each."""
    def convert(source, target):
        with open(target, "wb") as f:
            f.write(struct.pack(order + "IHHiIII", pcap.MAGIC_US, 2, 4, 0, 0, 262144, link))
            for when, frame in pcap.read(source):
                changed = change(frame)
                for data in changed if isinstance(changed, list) else [changed]:
                    f.write(struct.pack(order + "IIII", when // 1000000, when % 1000000, len(data), len(data)) + data)
    return convert


FORMATS = {
    "pcapng.pcapng": editcap("pcapng"),
    "nanoseconds.pcap": editcap("nsecpcap"),
    "big-endian.pcap": written(pcap.ETHERNET, same, ">"),
    "raw-ip.pcap": written(RAW, raw),
    "cooked.pcap": written(LINUX_SLL, sll),
    "cooked-v2.pcap": written(LINUX_SLL2, sll2),
    "fragments.pcap": written(pcap.ETHERNET, fragments),
}


def make(outdir, rows):
    """Write formats/ from SOURCE; returns its label rows, copies of SOURCE's."""
    source = os.path.join(outdir, SOURCE)
    mine = [r for r in rows if r["pcap"] == SOURCE]
    if not mine:
        return []
    os.makedirs(os.path.join(outdir, "formats"), exist_ok=True)
    made = []
    for name, convert in FORMATS.items():
        path = os.path.join("formats", name)
        convert(source, os.path.join(outdir, path))
        made += [dict(r, pcap=path, group="formats." + name, slice_of=SOURCE,
                      why="the same session in fragments" if name == "fragments.pcap" else
                      "the same session in another file format") for r in mine]
    return made
