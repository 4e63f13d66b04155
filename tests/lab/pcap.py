# SPDX-License-Identifier: GPL-2.0-or-later
"""Classic pcap files of Ethernet frames: just enough to tidy what tcpdump wrote."""
import struct

ETHERNET = 1
HEADER = struct.Struct("<IHHiIII")
RECORD = struct.Struct("<IIII")
MAGIC_US = 0xA1B2C3D4
IPV4, IPV6, TCP, UDP = 0x0800, 0x86DD, 6, 17


def read(path):
    """Yield (microseconds, frame) for every whole record; a tail still being written is left out."""
    with open(path, "rb") as f:
        data = f.read()
    if len(data) < HEADER.size:
        return
    if struct.unpack_from("<I", data)[0] != MAGIC_US:
        raise ValueError("%s: not a little-endian microsecond pcap file" % path)
    at = HEADER.size
    while at + RECORD.size <= len(data):
        seconds, micros, kept, _ = RECORD.unpack_from(data, at)
        at += RECORD.size
        if at + kept > len(data):
            return
        yield seconds * 1000000 + micros, data[at:at + kept]
        at += kept


def write(path, frames):
    with open(path, "wb") as f:
        f.write(HEADER.pack(MAGIC_US, 2, 4, 0, 0, 262144, ETHERNET))
        for when, frame in frames:
            f.write(RECORD.pack(when // 1000000, when % 1000000, len(frame), len(frame)))
            f.write(frame)


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
