# SPDX-License-Identifier: GPL-2.0-or-later
"""Classic pcap files of Ethernet frames: just enough to tidy what tcpdump wrote, and to find what is broken."""
import os
import struct

import files
from wait import LabError

ETHERNET = 1
HEADER = struct.Struct("<IHHiIII")
RECORD = struct.Struct("<IIII")
MAGIC_US = 0xA1B2C3D4
SNAPLEN = 262144
FILE_HEAD = HEADER.pack(MAGIC_US, 2, 4, 0, 0, SNAPLEN, ETHERNET)
IPV4, IPV6, TCP, UDP = 0x0800, 0x86DD, 6, 17


def without_waiting(path, flags):
    """A pipe of that name has nothing, rather than to wait for somebody."""
    return os.open(path, flags | os.O_NONBLOCK)


def read(path, growing=False):
    """[(microseconds, frame)] of a capture that is whole, or a LabError that says where it is not.

    growing: tcpdump still writes it, so that what is cut short at its end is left out.
    """
    with open(path, "rb", opener=without_waiting) as f:
        data = f.read()
    frames, at = [], HEADER.size
    try:
        head(data)
        while at < len(data):
            when, frame = record(data, at)
            frames.append((when, frame))
            at += RECORD.size + len(frame)
    except EOFError as e:
        if not growing:
            raise LabError("%s: %s" % (path, e))
    except ValueError as e:
        raise LabError("%s: %s" % (path, e))
    return frames


def head(data):
    if len(data) < HEADER.size:
        raise EOFError("cut short at offset %d, within the header of the file" % len(data))
    if data[:HEADER.size] != FILE_HEAD:
        raise ValueError("offset 0: not the header of a little-endian microsecond pcap file of Ethernet frames")


def record(data, at):
    """The frame whose record begins at this offset, and its time."""
    if at + RECORD.size > len(data):
        raise EOFError("cut short at offset %d, within the header of a record" % len(data))
    seconds, micros, kept, size = RECORD.unpack_from(data, at)
    if kept != size or kept > SNAPLEN or micros >= 1000000:
        raise ValueError("offset %d: no header of a record that holds a whole frame" % at)
    if at + RECORD.size + kept > len(data):
        raise EOFError("cut short at offset %d, within the record that begins at %d" % (len(data), at))
    return seconds * 1000000 + micros, data[at + RECORD.size:at + RECORD.size + kept]


def write(path, frames):
    files.write(path, FILE_HEAD + b"".join(RECORD.pack(when // 1000000, when % 1000000, len(frame), len(frame)) + frame
                                           for when, frame in frames))


def transport(frame):
    """The IP protocol of an untagged frame, or None."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == IPV4:
        return frame[14 + 9]
    if kind == IPV6:
        return frame[14 + 6]
    return None


def tagged(frame, vlans):
    """The frame as a trunk port would mirror it: 802.1ad outside, 802.1Q innermost."""
    tags = b"".join(struct.pack("!HH", 0x8100 if i == len(vlans) - 1 else 0x88A8, vlan)
                    for i, vlan in enumerate(vlans))
    return frame[:12] + tags + frame[12:]
